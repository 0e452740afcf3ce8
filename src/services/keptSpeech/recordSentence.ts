import type { OpenModel, RealtimeClient, TokenUsage } from "../../call/realtimeClient.ts";
import type { Base64 } from "../../utils/audio/audioFormat.ts";
import { type Clock, setTimer as realTimer } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import { captureSpeech } from "./speechCapture.ts";
import type { Voice } from "./voiceKeys.ts";

export interface RecordingDeps {
  readonly openModel: OpenModel;
  readonly setTimer?: Clock["setTimer"];
}

export interface Recording {
  /** Absent where the model said nothing, or other words. */
  readonly audio: Base64 | undefined;
  readonly usage: readonly TokenUsage[];
  /** False where the model was away. */
  readonly isAnswered: boolean;
}

/** Longer than a sentence takes, the connection included. */
const LIMIT_MS = 30_000;

/**
 * Has a model speak a sentence, over a connection of its own. Resolves also where it does not; aborting
 * closes the connection at once.
 */
export function recordSentence(
  { model, voice, speed, format }: Voice,
  text: string,
  { openModel, setTimer = realTimer }: RecordingDeps,
  signal: AbortSignal,
): Promise<Recording> {
  return new Promise((resolve) => {
    const usage: TokenUsage[] = [];
    const opened: { client?: RealtimeClient } = {};
    let isOver = false;
    let isAnswered = false;
    const finish = (audio?: Base64) => {
      if (isOver) return;
      isOver = true;
      cancel();
      signal.removeEventListener("abort", abort);
      opened.client?.close();
      resolve({ audio, usage, isAnswered });
    };
    const abort = () => finish();
    const cancel = setTimer(abort, LIMIT_MS);
    signal.addEventListener("abort", abort);
    let spoken: Base64 | undefined;
    const sink = captureSpeech({
      onInput(input) {
        if (input.type === "modelLost" || input.type === "requestRefused") finish();
        if (input.type !== "responseDone") return;
        isAnswered = true;
        if (input.usage !== undefined) usage.push(input.usage);
        // What was captured of it is known when this has been passed on.
        queueMicrotask(() => finish(spoken));
      },
      onSpeech() {},
      inUse: () => !isOver,
    }, {
      text,
      format,
      purpose: "say",
      onSpoken: (audio) => void (spoken = audio),
    });
    opened.client = openModel({
      model,
      voice,
      format,
      ...present({ speed }),
      instructions: "You speak sentences that are played to callers later, in a calm, kind voice.",
      turnDetection: { kind: "manual" },
      tools: [],
      history: [],
    }, sink);
    if (signal.aborted) return finish();
    if (isOver) return opened.client.close();
    const instructions = `Say exactly the following, word for word, and nothing else: "${text}"`;
    opened.client.send({
      type: "respond",
      request: { purpose: "say", instructions, tools: "none" },
    });
  });
}
