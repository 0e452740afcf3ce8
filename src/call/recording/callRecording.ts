import type { CallEvent, RecordingConsent, RecordingSpan, RecordingStatus } from "../callEvent.ts";
import type { CallInput, RecordingInput } from "../callInput.ts";
import type { RecordingChange } from "../callTap.ts";
import type { MustHears } from "../heard/mustHears.ts";
import { TurnBeginnings } from "../heard/turnBeginnings.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { Milliseconds, RecordingPolicy } from "../types.ts";
import { KeyRun } from "./keyRun.ts";
import { type RecordingAnswer, RecordingQuestion } from "./recordingQuestion.ts";
import { present } from "../../utils/present.ts";

/** Whether a key that stood alone means that the caller wants no more calls, which it then sees to. */
type OptsOut = (keys: string, beganAt: Milliseconds, now: Milliseconds) => boolean;

/** A model that pauses and resumes without end does not fill the record. */
const MAX_SPANS = 200;

/**
 * Whether a call is recorded: from when on it may be, who has paused or stopped it, and the proof that the
 * caller knows or agrees. Where another agent gets the call, what was begun goes on.
 */
export class CallRecording {
  readonly #call: MachineParts;
  readonly #startedAt: Milliseconds;
  readonly #sentences: Pick<MustHears, "openingHeard">;
  readonly #beginnings: TurnBeginnings;
  /** Of all keys: one that goes on with what was begun before the question is no answer to it. */
  readonly #keys: KeyRun;
  readonly #optsOut: OptsOut;
  #status: RecordingStatus | undefined;
  #question: RecordingQuestion | undefined;
  #isJoined = false;
  /** While the call has no leg, the question for consent can get no answer. */
  #isLegThere = false;
  /** A machine has heard the announcement in the place of a person, who has yet to hear it. */
  #isTakenBack = false;

  constructor(
    call: MachineParts,
    startedAt: Milliseconds,
    sentences: Pick<MustHears, "openingHeard">,
    optsOut: OptsOut,
    resumed?: ResumedCall,
  ) {
    this.#call = call;
    this.#keys = new KeyRun(call.lateFrames);
    this.#startedAt = startedAt;
    this.#sentences = sentences;
    this.#optsOut = optsOut;
    this.#beginnings = new TurnBeginnings(call.inForce);
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

  /** As those see it who may pause it: what waits for a person to hear the announcement has not begun. */
  get stateToChange(): CallRecording["state"] {
    return this.#isTakenBack && this.#status?.state === "paused" ? "waiting" : this.state;
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
        if (state === "paused" && !this.#isTakenBack) this.#become("on", now, { by });
        return;
      case "stop":
        this.#question = undefined;
        if (state === "waiting" || this.#isUnderWay) this.#become("stopped", now, { by });
        return;
      case "fail":
        if (this.#isUnderWay) this.#become("failed", now, { reason: input.reason });
    }
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#beginnings.follow(input, now);
    if (input.type === "digit") this.#keys.pressed(input.digit, now);
    this.#question?.follow(input);
  }

  /** Who wants no more calls is asked nothing, and agrees to nothing. */
  optedOut(now: Milliseconds): void {
    const { recording } = this.#call.inForce.policy;
    if (this.#question === undefined || recording === undefined) return;
    const { answer: _, ...said } = this.#question.unanswered;
    this.#question = undefined;
    this.#take(recording, { answer: "no", ...said }, now);
  }

  tick(now: Milliseconds, joined: boolean): void {
    const { recording } = this.#call.inForce.policy;
    this.#isLegThere = joined;
    if (recording === undefined || !joined) return;
    this.#isJoined = true;
    if (this.#status !== undefined) return this.#followProof(recording, now);
    if (recording.consent === "none") return this.#become("on", now);
    const heard = this.#sentences.openingHeard(OPENING, now);
    if (recording.consent === "announce" && heard !== undefined) {
      return this.#become("on", now, { consent: announced(recording, heard.toMs) });
    }
    if (recording.consent === "required") this.#ask(recording, heard !== undefined, now);
  }

  /** Whether the caller has been asked, and all else waits for the answer. */
  get isAsking(): boolean {
    return this.#question !== undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#isLegThere ? this.#question?.wakeAt : undefined;
  }

  #ask(recording: RecordingPolicy, isHeard: boolean, now: Milliseconds): void {
    if (this.#question === undefined && !isHeard) return;
    if (this.#question === undefined) {
      this.#keys.disregard();
      this.#question = new RecordingQuestion(this.#call, recording, this.#beginnings, this.#keys);
    }
    if (this.#keys.isOver(now) && this.#optsOutByKey(now)) return;
    const answered = this.#question.tick(now);
    if (answered === undefined) return;
    this.#question = undefined;
    // It was answered to the question, and not to the agent.
    if (answered.answer !== "none") this.#call.turns.withdrawReply();
    this.#take(recording, answered, now);
  }

  #optsOutByKey(now: Milliseconds): boolean {
    if (!this.#optsOut(this.#keys.keys, this.#keys.beganAt, now)) return false;
    this.optedOut(now);
    return true;
  }

  #take(
    { announcement }: RecordingPolicy,
    { answer, saidAt, ...how }: RecordingAnswer,
    now: Milliseconds,
  ): void {
    if (answer === "none") return this.#become("refused", now, { reason: "no_answer" });
    const saidMs = saidAt === undefined ? undefined : this.#msOf(saidAt);
    const consent = { atMs: this.#msOf(now), announcement, ...how, ...present({ saidMs }) };
    if (answer === "yes") {
      return this.#become("on", now, { by: "caller", consent: { kind: "agreed", ...consent } });
    }
    if (answer === "no") {
      const refused = { kind: "refused", ...consent } as const;
      return this.#become("refused", now, { by: "caller", reason: "declined", consent: refused });
    }
    this.#become("refused", now, { reason: "not_a_yes", consent: { kind: "unclear", ...consent } });
  }

  /** What a machine has heard is no proof: until a person has heard it, the recording waits. */
  #followProof(recording: RecordingPolicy, now: Milliseconds): void {
    if (this.#status?.consent?.kind !== "announced") return;
    const heard = this.#sentences.openingHeard(OPENING, now);
    if (heard === undefined && this.#status.state === "on") {
      this.#isTakenBack = true;
      this.#become("paused", now);
    } else if (heard !== undefined && this.#isTakenBack) {
      this.#isTakenBack = false;
      if (this.#status.state !== "paused") return;
      this.#become("on", now, { consent: announced(recording, heard.toMs) });
    }
  }

  /** The call is over, or goes on in another session. */
  close(now: Milliseconds, isCallOver: boolean): void {
    if (!isCallOver) return;
    if (this.#isUnderWay) this.#become("stopped", now);
    if (this.#isJoined) this.#closeQuestion("call_ended", now);
  }

  /** A person joins agent and caller: what is heard from now on is no proof of what the caller wants. */
  personJoins(now: Milliseconds): void {
    this.#closeQuestion("person_joined", now);
  }

  #closeQuestion(reason: "call_ended" | "person_joined", now: Milliseconds): void {
    const { recording } = this.#call.inForce.policy;
    if (this.#status !== undefined || recording?.consent !== "required") return;
    // No other key can make it one of a number.
    if (this.#question !== undefined && this.#optsOutByKey(now)) return;
    const unanswered = this.#question?.unanswered ?? { answer: "none" };
    this.#question = undefined;
    if (unanswered.answer !== "none") return this.#take(recording, unanswered, now);
    this.#become("refused", now, { reason });
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
    // Whole milliseconds that have all of what is kept, and overlap with none before.
    const wholeMs = state === "on" ? this.#msOf(now) : Math.ceil(now - this.#startedAt);
    const atMs = Math.max(wholeMs, this.#status?.atMs ?? 0);
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

  #msOf(at: Milliseconds): Milliseconds {
    return Math.max(0, Math.floor(at - this.#startedAt));
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

/** The name of the announcement among the opening sentences of a call. */
const OPENING = "recording";

function announced({ announcement }: RecordingPolicy, atMs: Milliseconds): RecordingConsent {
  return { kind: "announced", atMs, announcement };
}

function beginning(
  state: RecordingStatus["state"],
  fromMs: Milliseconds,
): readonly RecordingSpan[] {
  if (state === "on") return [{ kind: "recorded", fromMs }];
  return state === "paused" ? [{ kind: "paused", fromMs }] : [];
}
