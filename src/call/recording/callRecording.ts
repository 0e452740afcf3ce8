import type { CallEvent, RecordingConsent, RecordingSpan, RecordingStatus } from "../callEvent.ts";
import type { RecordingInput } from "../callInput.ts";
import type { RecordingChange } from "../callTap.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { Milliseconds } from "../types.ts";
import { present } from "../../utils/present.ts";

type Parts = Pick<MachineParts, "inForce" | "commands" | "speech">;

/** A model that pauses and resumes without end does not fill the record. */
const MAX_SPANS = 200;

/**
 * Whether a call is recorded: from when on it may be, who has paused or stopped it, and the proof that the
 * caller knows or agrees. Where another agent gets the call, what was begun goes on.
 */
export class CallRecording {
  readonly #call: Parts;
  readonly #startedAt: Milliseconds;
  #status: RecordingStatus | undefined;

  constructor(call: Parts, startedAt: Milliseconds, resumed?: ResumedCall) {
    this.#call = call;
    this.#startedAt = startedAt;
    const before = resumed?.recordingStatus;
    if (resumed === undefined || before === undefined) return;
    const { state, atMs, spans, consent } = before;
    this.#status = { state, atMs, spans, ...present({ consent }) };
    this.#obey();
    const now = startedAt + resumed.elapsedMs;
    if (this.#isUnderWay) this.#record("start", now);
    if (state === "paused") this.#record("pause", now);
  }

  /** `waiting` where it has not begun and may yet; undefined where nothing is to be recorded. */
  get state(): RecordingStatus["state"] | "waiting" | undefined {
    if (this.#status !== undefined) return this.#status.state;
    return this.#call.inForce.policy.recording === undefined ? undefined : "waiting";
  }

  /** For an observer who has missed how it stands. */
  get events(): readonly CallEvent[] {
    return this.#status === undefined ? [] : [{ type: "recording", ...this.#status }];
  }

  /** What a tool or an operator wants done with it, and that it cannot be kept any more. */
  handle(input: RecordingInput, now: Milliseconds): void {
    const { state } = this;
    const { by } = input;
    switch (input.change) {
      case "pause":
        if (state === "on") this.#become("paused", now, { by });
        return;
      case "resume":
        if (state === "paused") this.#become("on", now, { by });
        return;
      case "stop":
        if (state === "waiting" || this.#isUnderWay) this.#become("stopped", now, { by });
        return;
      case "fail":
        if (this.#isUnderWay) this.#become("failed", now, { reason: input.reason });
    }
  }

  tick(now: Milliseconds, joined: boolean): void {
    const { recording } = this.#call.inForce.policy;
    if (this.#status !== undefined || recording === undefined || !joined) return;
    if (recording.consent === "none") this.#become("on", now);
  }

  /** The call is over, or goes on in another session. */
  close(now: Milliseconds, isCallOver: boolean): void {
    if (isCallOver && this.#isUnderWay) this.#become("stopped", now);
  }

  get #isUnderWay(): boolean {
    const state = this.#status?.state;
    return state === "on" || state === "paused";
  }

  #become(
    state: RecordingStatus["state"],
    now: Milliseconds,
    { by, reason, consent = this.#status?.consent }: {
      readonly by?: RecordingStatus["by"] | undefined;
      readonly reason?: string;
      readonly consent?: RecordingConsent;
    } = {},
  ): void {
    const wasUnderWay = this.#isUnderWay;
    const before = this.#status?.state;
    const atMs = Math.max(0, Math.round(now - this.#startedAt));
    const spans = this.#status?.spans ?? [];
    const closed = spans.map((span) => ({ ...span, toMs: span.toMs ?? atMs }));
    this.#status = {
      state,
      atMs,
      ...present({ by, reason }),
      spans: [...closed, ...beginning(state, atMs)].slice(-MAX_SPANS),
      ...present({ consent }),
    };
    // As the record says it, to the sample.
    const at = this.#startedAt + atMs;
    if (state === "on") this.#record(before === "paused" ? "resume" : "start", at);
    else if (state === "paused") this.#record("pause", at);
    else if (wasUnderWay) this.#record("stop", at);
    this.#obey();
    this.#call.commands.publish({ type: "recording", ...this.#status });
  }

  #record(change: RecordingChange, at: Milliseconds): void {
    this.#call.commands.push({ type: "record", change, at });
  }

  #obey(): void {
    const { heardSpeech } = this.#call.speech;
    // What was heard before a stop becomes known after it.
    heardSpeech.isRecorded = this.#isUnderWay || this.#status?.state === "stopped";
  }
}

function beginning(
  state: RecordingStatus["state"],
  fromMs: Milliseconds,
): readonly RecordingSpan[] {
  if (state === "on") return [{ kind: "recorded", fromMs }];
  return state === "paused" ? [{ kind: "paused", fromMs }] : [];
}
