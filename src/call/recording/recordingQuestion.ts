import type { CallInput } from "../callInput.ts";
import { answerToQuestion, type HeardQuestion } from "../heard/answerToQuestion.ts";
import { ExactSpeech } from "../heard/exactSpeech.ts";
import { TurnBeginnings } from "../heard/turnBeginnings.ts";
import { placeOf } from "../heard/words.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import * as prompts from "../model/prompts.ts";
import type { CallerEntry } from "../transcript/transcriptEntry.ts";
import type { Milliseconds, RecordingPolicy } from "../types.ts";
import type { KeyRun } from "./keyRun.ts";

/** What the caller has answered to the question whether the call may be recorded, and how. */
export interface RecordingAnswer {
  /** `unclear` where something was said or pressed that is no yes and no no, `none` where nothing was. */
  readonly answer: "yes" | "no" | "unclear" | "none";
  readonly words?: string;
  /** When the words began. */
  readonly saidAt?: Milliseconds;
  readonly key?: string;
}

/** People who do not answer within this have not understood that they were asked. */
const SILENT_MS = 5000;
/** An answer that has begun, and its words, are waited for no longer. */
const LONGEST_MS = 12_000;
const MAX_TRIES = 2;
const MAX_WORDS = 500;

/**
 * The question whether the call may be recorded, from when the caller has heard it to its last word:
 * a yes or key 1, a no or key 2, alone: not one of a number. Where neither comes, or another key, it is asked once more. A voice
 * that is not transcribed answers nothing.
 */
export class RecordingQuestion {
  readonly #call: MachineParts;
  readonly #beginnings: TurnBeginnings;
  readonly #again: ExactSpeech;
  readonly #policy: RecordingPolicy;
  readonly #keys: KeyRun;
  #heard: HeardQuestion | undefined;
  #tries = 1;
  /** What was answered last that is no yes and no no. */
  #unclear: Pick<RecordingAnswer, "words" | "saidAt" | "key"> | undefined;

  constructor(
    call: MachineParts,
    policy: RecordingPolicy,
    beginnings: TurnBeginnings,
    keys: KeyRun,
  ) {
    this.#call = call;
    this.#keys = keys;
    this.#beginnings = beginnings;
    this.#again = new ExactSpeech(call);
    this.#policy = policy;
  }

  follow(input: CallInput): void {
    this.#again.follow(input);
  }

  /** Undefined while the answer is open. */
  tick(now: Milliseconds): RecordingAnswer | undefined {
    const keys = this.#keys.tick(now);
    if (keys === "1" || keys === "2") return { answer: keys === "1" ? "yes" : "no", key: keys };
    if (keys !== undefined) this.#unclear = loneKey(keys);
    this.#askedAgain(now);
    if (this.#again.any) return undefined;
    this.#heard ??= this.#find(now);
    const answer = keys === undefined ? this.#answer(this.#heard) : "unclear";
    if (answer === "yes" || answer === "no") {
      return { answer, ...this.#saidSince(this.#heard, ({ startedAt }) => startedAt) };
    }
    if (answer === "unclear" && keys === undefined) this.#unclear = this.#saidAround(this.#heard);
    const since = now - this.#heard.heardAt;
    const isOpen = answer === "open" && since < LONGEST_MS ||
      answer === "none" && since < SILENT_MS;
    if (isOpen) return undefined;
    if (this.#tries >= MAX_TRIES) return this.unanswered;
    this.#tries++;
    this.#heard = undefined;
    this.#again.say(ID, this.#policy.announcement, now, prompts.opening);
    return undefined;
  }

  /** What there was in the place of an answer so far. */
  get unanswered(): RecordingAnswer {
    const { keys } = this.#keys;
    if (keys !== "") return { answer: "unclear", ...loneKey(keys) };
    const said = this.#heard === undefined ? {} : this.#saidAround(this.#heard);
    const unclear = said.words === undefined ? this.#unclear : said;
    return unclear === undefined ? { answer: "none" } : { answer: "unclear", ...unclear };
  }

  get wakeAt(): Milliseconds | undefined {
    const { wakeAt } = this.#keys;
    if (this.#heard === undefined) return wakeAt;
    return earliest(wakeAt, this.#heard.heardAt + (this.#isAnswering ? LONGEST_MS : SILENT_MS));
  }

  get #isAnswering(): boolean {
    return this.#heard !== undefined && this.#answer(this.#heard) === "open";
  }

  /** What did not get to its end the second time counts as asked all the same: the first was heard. */
  #askedAgain(now: Milliseconds): void {
    for (const { items, at } of this.#again.tick(now)) this.#heard = { items, heardAt: at };
  }

  #answer(question: HeardQuestion) {
    const { policy } = this.#call;
    if (this.#keys.keys !== "") return "open";
    if (policy.transcribes === false) return "none";
    return answerToQuestion(this.#call, this.#beginnings, question, {
      words: this.#policy.words,
      asked: "",
    });
  }

  /** Also what was begun while the question was still being asked. */
  #saidAround(question: HeardQuestion) {
    return this.#saidSince(question, ({ startedAt, endedAt = startedAt }) => endedAt);
  }

  #saidSince(
    { heardAt }: HeardQuestion,
    placeOf: (entry: CallerEntry) => Milliseconds,
  ): Pick<RecordingAnswer, "words" | "saidAt"> {
    const said = [...this.#call.transcript.entries.values()]
      .filter((entry) => entry.kind === "caller")
      .filter((entry) => entry.byOperator !== true && entry.text.trim() !== "")
      .filter((entry) => placeOf(entry) >= heardAt);
    const [first] = said;
    if (first === undefined) return {};
    const words = said.map(({ text }) => text).join(" ").trim().slice(0, MAX_WORDS);
    return { words, saidAt: first.startedAt };
  }

  /** Where the transcript has it. */
  #find(now: Milliseconds): HeardQuestion {
    const entries = [...this.#call.transcript.entries.values()].filter((entry) =>
      entry.kind === "agent" && entry.final &&
      placeOf(this.#policy.announcement, entry.text) !== undefined
    );
    const last = entries.at(-1);
    const heardAt = last?.kind === "agent" ? last.endedAt ?? now : now;
    return { items: new Set(entries.map(({ id }) => id)), heardAt };
  }
}

const ID = "recording again";

/** Of a number nothing is kept: it is no answer, and may be private. */
function loneKey(keys: string): Pick<RecordingAnswer, "key"> {
  return keys.length === 1 ? { key: keys } : {};
}
