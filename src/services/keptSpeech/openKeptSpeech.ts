import { type KeptName, keptNames, type KeptSpeech } from "../../call/keptSpeech.ts";
import type { ModelSink, OpenModel } from "../../call/realtimeClient.ts";
import type { Agent, Agents } from "../../config/agents.ts";
import { hasVariables } from "../../config/template.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import type { AsideSpending } from "../spending.ts";
import type { KeptSpeechStore } from "../store.ts";
import { fallbackMessageOf } from "../twilioOutbound.ts";
import { bridgeOf } from "./bridgeSentences.ts";
import { RecordingQueue } from "./recordingQueue.ts";
import { SharedSpeech } from "./sharedSpeech.ts";
import { convertSounds } from "./soundsInFormats.ts";
import { SpeechCache } from "./speechCache.ts";
import { captureSpeech } from "./speechCapture.ts";
import { callFormats, keyOf, subjectOf, voiceOf } from "./voiceKeys.ts";

export interface KeptSpeechDeps extends Clock {
  readonly settings: { readonly openai: { readonly model: string } };
  readonly agents: Agents;
  readonly store: { readonly keptSpeech: KeptSpeechStore };
  readonly engine: { readonly open: OpenModel; readonly server: string };
  readonly asideSpending: AsideSpending;
  /**
   * How long after an agent's first call its bridge and apology are recorded, so that the call comes
   * first; `never` leaves out what has no file.
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
/** The start of the server does not wait longer: what comes later is there for later calls. */
const LOADING_MS = 2000;

/** Loads what is kept for these agents, and from now on keeps what their models say. */
export async function openKeptSpeech(deps: KeptSpeechDeps) {
  const { settings, agents, engine, asideSpending, now, setTimer, log } = deps;
  const { recordAfterMs = RECORD_AFTER_MS } = deps;
  const defaults = { model: settings.openai.model, server: engine.server };
  const shared = new SharedSpeech({ store: deps.store.keptSpeech, now, log });
  const passing = new SpeechCache({ maxBytes: MAX_PASSING_BYTES, maxAgeMs: PASSING_MS });
  const sounds = convertSounds(agents, (agent, name) => textOf(agent, name, agent.greeting));
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

  await deadline(shared.load(keysOf(agents, defaults)), LOADING_MS, setTimer)
    .catch((error) => log.warn("Kept speech not loaded", { error }));

  return {
    /** What one call can say without its model; `greeting` as it is said in this call. */
    forCall(agent: Agent, format: AudioFormat, greeting: string | undefined): KeptSpeech {
      const voice = voiceOf(agent, format, defaults);
      const isPassing = agent.greeting !== undefined && hasVariables(agent.greeting);
      return { get, listen: (sink) => listenFor(onReady(sink, begun)) };

      function get(name: KeptName) {
        const text = textOf(agent, name, greeting);
        if (text === undefined) return undefined;
        const sound = sounds(agent.name, name, format);
        if (sound !== undefined) return sound;
        const key = keyOf(voice, text);
        return name === "greeting" && isPassing ? passing.get(key, now()) : shared.get(key);
      }

      function listenFor(sink: ModelSink): ModelSink {
        if (greeting === undefined || get("greeting") !== undefined) return sink;
        return captureSpeech(sink, {
          text: greeting,
          format,
          purpose: "greeting",
          onSpoken: (audio) => audio === undefined ? counts.mismatched++ : keep(greeting, audio),
        });
      }

      function keep(text: string, audio: string): void {
        counts.kept++;
        const key = keyOf(voice, text);
        if (isPassing) passing.keep(key, { text, audio }, now());
        else shared.keep({ key, subject: subjectOf(voice, "greeting"), text, audio });
      }

      /** The call is under way, and its model can be reached. */
      function begun(): void {
        shared.save();
        if (recordAfterMs === "never") return;
        // On the phone the carrier speaks the apology, so that none has to be kept.
        for (
          const name of format === "pcmu" ? ["bridge"] as const : ["bridge", "apology"] as const
        ) {
          const text = textOf(agent, name, undefined);
          if (text === undefined || get(name) !== undefined) continue;
          queue.want({ key: keyOf(voice, text), name, text, voice });
        }
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
      await queue.close();
      shared.save();
      await shared.settled();
    },
  };
}

function textOf(agent: Agent, name: KeptName, greeting: string | undefined): string | undefined {
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
function keysOf(agents: Agents, defaults: Parameters<typeof voiceOf>[2]): readonly string[] {
  return agents.names.flatMap((agentName) => {
    const agent = agents.get(agentName);
    if (agent === undefined) return [];
    const texts = keptNames.flatMap((name) => textOf(agent, name, agent.greeting) ?? []);
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
