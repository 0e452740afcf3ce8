import type { KeptName } from "../../call/keptSpeech.ts";
import type { OpenModel } from "../../call/realtimeClient.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { OpeningLimit } from "../../utils/openingLimit.ts";
import type { AsideSpending } from "../spending.ts";
import { recordSentence } from "./recordSentence.ts";
import type { Voice } from "./voiceKeys.ts";

/** A sentence that is to be kept in the voice of an agent. */
export interface WantedSentence {
  readonly key: string;
  readonly name: KeptName;
  readonly text: string;
  readonly voice: Voice;
}

export interface RecordingQueueDeps extends Clock {
  readonly openModel: OpenModel;
  readonly spending: AsideSpending;
  /** Whether it is kept by now, perhaps by another process. */
  readonly isKept: (wanted: WantedSentence) => Promise<boolean>;
  readonly onRecorded: (wanted: WantedSentence, audio: string) => void;
  /** How long after it was first wanted: the call that wants it has begun, and comes first. */
  readonly delayMs: number;
  readonly log: Pick<Log, "info" | "warn">;
}

/** Sentences are recorded once for each agent, voice and format: more is a loop. */
const RATES = [{ withinMs: 60 * 60_000, max: 20 }, { withinMs: 24 * 60 * 60_000, max: 60 }];
/** A model that says other words says them again. */
const MAX_TRIES = 3;
const RETRY_MS = 10 * 60_000;
/** A model that was away may soon be back. */
const AWAY_RETRY_MS = 60_000;
const MAX_WANTED = 1000;

/** Records sentences in the background, one at a time, each at most a few times. */
export class RecordingQueue {
  readonly #deps: RecordingQueueDeps;
  readonly #limit = new OpeningLimit(RATES);
  readonly #known = new Map<string, { tries: number; nextAt: number }>();
  readonly #abort = new AbortController();
  #waiting: WantedSentence[] = [];
  #cancel: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #counts = { recorded: 0, failed: 0 };

  constructor(deps: RecordingQueueDeps) {
    this.#deps = deps;
  }

  get counts(): { readonly recorded: number; readonly failed: number } {
    return this.#counts;
  }

  want(wanted: WantedSentence): void {
    const now = this.#deps.now();
    const known = this.#known.get(wanted.key) ?? { tries: 0, nextAt: now };
    if (this.#abort.signal.aborted || known.tries >= MAX_TRIES || now < known.nextAt) return;
    if (this.#known.size >= MAX_WANTED && !this.#known.has(wanted.key)) return;
    if (this.#waiting.some(({ key }) => key === wanted.key)) return;
    this.#known.set(wanted.key, known);
    this.#waiting.push(wanted);
    this.#cancel ??= this.#deps.setTimer(() => {
      this.#working ??= this.#work().finally(() => {
        this.#working = undefined;
        this.#cancel = undefined;
      });
    }, this.#deps.delayMs);
  }

  /** Aborts what is being recorded. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#cancel?.();
    this.#waiting = [];
    await this.#working;
  }

  async #work(): Promise<void> {
    const { isKept, log } = this.#deps;
    for (let wanted = this.#waiting.shift(); wanted; wanted = this.#waiting.shift()) {
      try {
        if (!await isKept(wanted)) await this.#record(wanted);
      } catch (error) {
        log.warn("Sentence not recorded", { agent: wanted.voice.agent, name: wanted.name, error });
      }
    }
  }

  async #record(wanted: WantedSentence): Promise<void> {
    const { now, openModel, setTimer, spending, onRecorded, log } = this.#deps;
    const { key, name, text, voice } = wanted;
    const { agent, format } = voice;
    const known = this.#known.get(key) ?? { tries: 0, nextAt: 0 };
    if (this.#abort.signal.aborted || !this.#limit.tryOpen(now())) return;
    known.nextAt = now() + RETRY_MS;
    const reservation = await spending.reserve(agent);
    if (reservation === undefined) {
      return log.info("Sentence not recorded: a limit of the day is used up", { agent, name });
    }
    const deps = { openModel, setTimer };
    const { audio, usage, isAnswered } = await recordSentence(
      voice,
      text,
      deps,
      this.#abort.signal,
    );
    if (isAnswered) known.tries++;
    else known.nextAt = now() + AWAY_RETRY_MS;
    await reservation.settle(usage);
    if (audio === undefined) {
      this.#counts = { ...this.#counts, failed: this.#counts.failed + 1 };
      return log.warn("Sentence not recorded: the model did not say it", { agent, name });
    }
    this.#counts = { ...this.#counts, recorded: this.#counts.recorded + 1 };
    const tokens = usage.reduce(
      (sum, { outputAudio, outputText, inputText }) => sum + outputAudio + outputText + inputText,
      0,
    );
    log.info("Sentence recorded", { agent, name, format, tokens });
    onRecorded(wanted, audio);
  }
}
