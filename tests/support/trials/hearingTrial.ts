import type { ModelSetup } from "../../../src/call/modelSetup.ts";
import type { ModelInput, ModelSink, RealtimeClient } from "../../../src/call/realtimeClient.ts";
import { Session } from "../../../src/call/session.ts";
import type { CallPolicy } from "../../../src/call/types.ts";
import { InputBuffer } from "../../../src/sim/openai/inputBuffer.ts";
import { type Base64, decodeBase64, silenceOf } from "../../../src/utils/audio/audioFormat.ts";
import { RecordingLeg } from "../call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../call/sessionDependencies.ts";

/** What a model's voice detection makes of the next audio, of any length. */
export type Ear = (audio: Base64) => readonly ("started" | "stopped")[];

export interface Heard {
  /** What the model noticed, and when it had the audio that showed it. */
  readonly changes: readonly { readonly change: "started" | "stopped"; readonly atMs: number }[];
  /** Messages with audio, by the second in which they were sent. */
  readonly messages: readonly number[];
  readonly bytes: Uint8Array;
  /** When turns were ended by hand, and after how many of the bytes. */
  readonly commits: readonly { readonly atMs: number; readonly afterBytes: number }[];
}

interface HearingOptions {
  readonly groupMs: number;
  readonly policy?: Partial<CallPolicy>;
  /** From the model to the call. */
  readonly delayMs?: number;
}

/** The simulated model's own voice detection, on a line of mu-law; each line needs a new one. */
export function modelEar(threshold: number, silenceMs: number): Ear {
  const buffer = new InputBuffer("pcmu", {
    type: "server_vad",
    threshold,
    prefix_padding_ms: 300,
    silence_duration_ms: silenceMs,
    create_response: true,
    interrupt_response: true,
    idle_timeout_ms: null,
  });
  return (audio) => (buffer.append(audio) ?? []).map(({ type }) => type);
}

/** A call in virtual time whose model hears by `ear`; the line's frames come every 20 ms. */
export function hearCall(
  frames: readonly Base64[],
  ear: Ear,
  { groupMs, policy = {}, delayMs = 60 }: HearingOptions,
): Heard {
  const time = new RecordingDependencies();
  const model = new HearingModel(time, ear, delayMs);
  time.openModel = (_setup: ModelSetup, sink: ModelSink) => model.openFor(sink);
  const session = new Session(
    { ...sessionOptions({ idleMs: 1e9, maxMs: 1e9, ...policy }), groupMs },
    time,
  );
  session.begin();
  session.join(new RecordingLeg());
  model.says({ type: "modelReady" });
  for (const frame of frames) {
    time.pass(20);
    session.hear(frame);
  }
  time.pass(2000);
  if (session.phase !== "live") throw new Error(`The call is ${session.phase} before its end`);
  session.input({ type: "left", end: { reason: "caller_hung_up" } });
  const bytes = new Uint8Array(model.byteCount);
  let at = 0;
  for (const part of model.parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const { changes, messages, commits } = model;
  return { changes, messages, commits, bytes };
}

class HearingModel implements RealtimeClient {
  readonly changes: { change: "started" | "stopped"; atMs: number }[] = [];
  readonly messages: number[] = [];
  readonly parts: Uint8Array[] = [];
  readonly commits: { atMs: number; afterBytes: number }[] = [];
  readonly #time: RecordingDependencies;
  readonly #ear: Ear;
  readonly #delayMs: number;
  #sink: ModelSink | undefined;
  #turns = 0;

  constructor(time: RecordingDependencies, ear: Ear, delayMs: number) {
    this.#time = time;
    this.#ear = ear;
    this.#delayMs = delayMs;
  }

  get byteCount(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  openFor(sink: ModelSink): this {
    this.#sink = sink;
    return this;
  }

  says(input: ModelInput): void {
    this.#sink?.onInput(input);
  }

  sendAudio(audio: Base64): void {
    const second = Math.floor(this.#time.time / 1000);
    this.messages[second] = (this.messages[second] ?? 0) + 1;
    this.parts.push(decodeBase64(audio));
    for (const change of this.#ear(audio)) {
      this.changes.push({ change, atMs: this.#time.time });
      this.#time.setTimer(() => this.#report(change), this.#delayMs);
    }
  }

  #report(change: "started" | "stopped"): void {
    if (change === "started") this.#turns++;
    const itemId = `turn_${this.#turns}`;
    if (change === "started") return this.says({ type: "speechStarted", itemId });
    this.says({ type: "speechStopped", itemId });
    this.says({ type: "committed", itemId });
    this.#answer(`resp_${this.#turns}`);
  }

  #answer(responseId: string): void {
    const ref = { responseId, itemId: `item_${responseId}`, contentIndex: 0 };
    this.says({ type: "responseStarted", responseId, aside: false });
    this.#sink?.onSpeech(ref, silenceOf(300, "pcmu"));
    this.says({ type: "speechText", ref, text: "Yes." });
    this.says({ type: "speechDone", ref });
    this.says({ type: "responseDone", responseId, status: "completed", toolCalls: [] });
  }

  commitAudio(): void {
    this.commits.push({ atMs: this.#time.time, afterBytes: this.byteCount });
  }

  clearInputBuffer(): void {}
  send(): void {}
  changeSetup(): void {}
  giveHistory(): void {}
  close(): void {}
}
