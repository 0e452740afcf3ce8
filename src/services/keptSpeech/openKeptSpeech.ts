import {
  type KeptName,
  keptNames,
  type KeptSentence,
  type KeptSpeech,
} from "../../call/keptSpeech.ts";
import type { ModelSink, OpenModel } from "../../call/realtimeClient.ts";
import type { CallPolicy } from "../../call/types.ts";
import type { Agent, Agents } from "../../config/agents.ts";
import { type DatabaseSettings, isShared } from "../../config/settings.ts";
import { openingTexts } from "../../config/openings.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import type { AsideSpending } from "../spending.ts";
import type { KeptSpeechStore } from "../store.ts";
import { fallbackMessageOf } from "../twilioOutbound.ts";
import { bridgeOf } from "./bridgeSentences.ts";
import { holdTone } from "./holdTone.ts";
import { RecordingQueue } from "./recordingQueue.ts";
import { SharedSpeech } from "./sharedSpeech.ts";
import { createSoundsInFormats } from "./soundsInFormats.ts";
import { SpeechCache } from "./speechCache.ts";
import { captureSpeech } from "./speechCapture.ts";
import { waitingMusic } from "./waitingMusic.ts";
import { callFormats, keyOf, subjectOf, voiceOf } from "./voiceKeys.ts";

export interface KeptSpeechDeps extends Clock {
  readonly settings: {
    readonly openai: { readonly model: string };
    readonly agents: { readonly default: string };
    readonly database: DatabaseSettings;
    readonly phone?: unknown;
  };
  readonly agents: Agents;
  readonly store: { readonly keptSpeech: KeptSpeechStore };
  readonly engine: { readonly open: OpenModel; readonly server: string };
  readonly asideSpending: AsideSpending;
  /**
   * How long after the start, and after an agent's first call, what it has no file for is recorded, so
   * that calls come first; `never` leaves it out.
   */
  readonly recordAfterMs?: number | "never" | undefined;
  readonly log: Pick<Log, "info" | "warn">;
}

/** Fixed sentences of agents as audio, for calls to come. */
export type KeptSpeeches = Awaited<ReturnType<typeof openKeptSpeech>>;

/** Greetings with variables may name people: they stay in memory, and not for long. */
const MAX_PASSING_BYTES = 16 * 1024 * 1024;
const PASSING_MS = 60 * 60_000;
const RECORD_AFTER_MS = 3000;
/** Longer than a server lives that is started again and again: each start costs tokens. */
const RECORD_AFTER_START_MS = 20_000;
/** What calls ask for still fits into the limit of the hour. */
const MAX_AT_START = 10;
/** The start of the server does not wait longer: what comes later is there for later calls. */
const LOADING_MS = 2000;

/** Loads what is kept for these agents, and from now on keeps what their models say. */
export async function openKeptSpeech(deps: KeptSpeechDeps) {
  const { settings, agents, engine, asideSpending, now, setTimer, log } = deps;
  const { recordAfterMs = RECORD_AFTER_MS, recordAfterMs: afterStartMs = RECORD_AFTER_START_MS } =
    deps;
  const defaults = { model: settings.openai.model, server: engine.server };
  const shared = new SharedSpeech({ store: deps.store.keptSpeech, now, log });
  const passing = new SpeechCache({ maxBytes: MAX_PASSING_BYTES, maxAgeMs: PASSING_MS });
  const sounds = createSoundsInFormats((agent, name) => textOf(agent, name, agent.greeting));
  const counts = { kept: 0, mismatched: 0 };
  const queue = new RecordingQueue({
    openModel: engine.open,
    spending: asideSpending,
    async isKept({ key }) {
      await shared.load([key]);
      return shared.get(key) !== undefined;
    },
    onRecorded: ({ key, name, text, voice }, audio) =>
      shared.keep({ key, subject: subjectOf(voice, name), text, audio }),
    delayMs: recordAfterMs === "never" ? 0 : recordAfterMs,
    now,
    setTimer,
    log,
  });

  const current = agents.names.flatMap((name) => agents.get(name) ?? []);
  for (const agent of current) await sounds.prepare(agent);
  await load(current);
  agents.addCheck(async (agent) => {
    await sounds.prepare(agent, () => new Promise((resume) => setTimer(resume, 0)));
    await load([agent]);
    return [];
  });
  // A caller whose model is away hears a sentence even in the first call. In memory it would not last.
  const cancelStart = afterStartMs === "never" || !isShared(settings.database)
    ? () => {}
    : setTimer(recordBridges, afterStartMs);

  return {
    /** What one call can say without its model: the greeting and the opening as they are said in it. */
    forCall(
      agent: Agent,
      format: AudioFormat,
      { greeting, opening = [] }: Pick<CallPolicy, "greeting" | "opening">,
    ): KeptSpeech {
      const voice = voiceOf(agent, format, defaults);
      const fixed = new Set([agent.greeting, ...openingTexts(agent).map(({ text }) => text)]);
      return {
        get: (name, text) =>
          kept(name, text) ?? (name === "bridge" ? toneFor(agent, format) : undefined),
        waiting: () => sounds.get(agent, "waiting", format)?.audio ?? waitingMusic(format),
        listen: (sink) => listenFor(onReady(sink, begun)),
      };

      function kept(name: KeptName, opened?: string): KeptSentence | undefined {
        const text = name === "opening" ? opened : textOf(agent, name, greeting);
        if (text === undefined) return undefined;
        const sound = name === "opening" ? undefined : sounds.get(agent, name, format);
        if (sound !== undefined) return sound;
        const key = keyOf(voice, text);
        return isPassing(name, text) ? passing.get(key, now()) : shared.get(key);
      }

      /** Words of this call alone: those of the agent's file were filled. */
      function isPassing(name: KeptName, text: string): boolean {
        return (name === "greeting" || name === "opening") && !fixed.has(text);
      }

      function listenFor(sink: ModelSink): ModelSink {
        const openings = opening.filter(({ text }) => kept("opening", text) === undefined);
        const listening = openings.reduce((inner, { name, text }) =>
          captureSpeech(inner, {
            text,
            format,
            purpose: "opening",
            // Of several openings each is another's mismatch; of one there may be a text for each country.
            onSpoken: (audio) =>
              audio && keep("opening", `opening ${name} ${keyOf(voice, text)}`, text, audio),
          }), sink);
        if (greeting === undefined || kept("greeting") !== undefined) return listening;
        return captureSpeech(listening, {
          text: greeting,
          format,
          purpose: "greeting",
          onSpoken: (audio) =>
            audio === undefined
              ? counts.mismatched++
              : keep("greeting", "greeting", greeting, audio),
        });
      }

      function keep(name: KeptName, subject: string, text: string, audio: string): void {
        counts.kept++;
        const key = keyOf(voice, text);
        if (isPassing(name, text)) passing.keep(key, { text, audio }, now());
        else shared.keep({ key, subject: subjectOf(voice, subject), text, audio });
      }

      /** The call is under way, and its model can be reached. */
      function begun(): void {
        shared.save();
        if (recordAfterMs === "never") return;
        // On the phone the carrier speaks the apology, so that none has to be kept.
        want(agent, format, "bridge");
        if (format === "pcm24k") want(agent, format, "apology");
      }
    },
    /** Forgets all sentences that may hold personal data, those of other calls included. */
    forget: (): void => passing.clear(),
    counts: () => ({ ...counts, ...queue.counts }),
    size: () => ({
      sentences: shared.size + passing.size,
      bytes: shared.bytes + passing.bytes,
    }),
    async [Symbol.asyncDispose]() {
      cancelStart();
      await queue.close();
      shared.save();
      await shared.settled();
    },
  };

  /** What is kept for these definitions. */
  function load(definitions: readonly Agent[]): Promise<void> {
    return deadline(shared.load(keysOf(definitions, defaults)), LOADING_MS, setTimer)
      .catch((error) => log.warn("Kept speech not loaded", { error }));
  }

  function recordBridges(): void {
    const formats = settings.phone === undefined ? ["pcm24k"] as const : callFormats;
    let left = MAX_AT_START;
    for (const name of new Set([settings.agents.default, ...agents.names])) {
      const agent = agents.get(name);
      if (agent === undefined) continue;
      for (const format of formats) if (left > 0 && want(agent, format, "bridge")) left--;
    }
  }

  /** Has a sentence recorded; false where it is there, or is none. */
  function want(agent: Agent, format: AudioFormat, name: "bridge" | "apology"): boolean {
    const voice = voiceOf(agent, format, defaults);
    const text = textOf(agent, name, undefined);
    if (text === undefined || sounds.get(agent, name, format) !== undefined) return false;
    const key = keyOf(voice, text);
    if (shared.get(key) !== undefined) return false;
    queue.want({ key, name, text, voice });
    return true;
  }
}

type AgentsOwn = (typeof keptNames)[number];

/** In place of a bridge that is not kept. */
function toneFor({ bridge }: Agent, format: AudioFormat): KeptSentence | undefined {
  return bridge === "off" ? undefined : { text: "", audio: holdTone(format) };
}

function textOf(agent: Agent, name: AgentsOwn, greeting: string | undefined): string | undefined {
  switch (name) {
    case "greeting":
      return greeting;
    case "bridge":
      return bridgeOf(agent);
    case "apology":
      return fallbackMessageOf(agent).text;
  }
}

/** The keys of all that these agents may have kept in the store. */
function keysOf(
  agents: readonly Agent[],
  defaults: Parameters<typeof voiceOf>[2],
): readonly string[] {
  return agents.flatMap((agent) => {
    const texts = [
      ...keptNames.flatMap((name) => textOf(agent, name, agent.greeting) ?? []),
      ...openingTexts(agent).map(({ text }) => text),
    ];
    return callFormats.flatMap((format) =>
      texts.map((text) => keyOf(voiceOf(agent, format, defaults), text))
    );
  });
}

function onReady(sink: ModelSink, onModelReady: () => void): ModelSink {
  return {
    onInput(input) {
      sink.onInput(input);
      if (input.type === "modelReady") onModelReady();
    },
    onSpeech: (ref, audio) => sink.onSpeech(ref, audio),
    inUse: () => sink.inUse(),
  };
}
