import type { ListenedCall } from "../../../src/call/callEar.ts";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import type { ControlInput } from "../../../src/call/callInput.ts";
import type { CallLeg, LegInput } from "../../../src/call/callLeg.ts";
import type { CallSession } from "../../../src/call/sessionApi.ts";
import { type CallRequest, isCallEnd, type SessionEnd } from "../../../src/call/types.ts";
import { isBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { Waits } from "../until.ts";
import { RecordingLeg } from "./recordingLeg.ts";

type Input = LegInput | ControlInput;

/** A call that does nothing by itself: tests act on its leg and read what it was given. */
export class RecordingSession implements CallSession {
  callSid: string | undefined;
  readonly inputs: Input[] = [];
  /** The caller's audio. */
  readonly frames: string[] = [];
  readonly ended: Promise<SessionEnd>;
  onInput: (input: Input) => void = () => {};
  refusesLegs = false;
  readonly hasEnded: boolean = false;
  isAway = false;
  transferState: CallSession["transferState"];
  /** What a leg that joins is shown first. */
  missed: CallEvent[] = [];
  readonly #end = Promise.withResolvers<SessionEnd>();
  readonly #waits = new Waits();
  #leg: CallLeg | undefined;

  constructor(
    readonly request: CallRequest = { direction: "inbound", agent: "receptionist" },
    readonly id = "call_1",
  ) {
    this.ended = this.#end.promise;
  }

  /** A call whose caller is there, with a leg that only records. */
  static withLeg(id: string, request: CallRequest): RecordingSession {
    const session = new RecordingSession(request, id);
    session.join(new RecordingLeg());
    return session;
  }

  get hasLeg(): boolean {
    return this.#leg !== undefined;
  }

  get leg(): CallLeg {
    if (this.#leg === undefined) throw new Error("Cannot use the leg: none has joined");
    return this.#leg;
  }

  join(leg: CallLeg): void {
    if (this.refusesLegs) throw new Error("Cannot join: the call is over");
    if (this.#leg !== undefined && this.#leg.onReplaced === undefined) {
      throw new Error("Cannot join: the call has a leg");
    }
    this.#leg?.onReplaced?.();
    this.#leg = leg;
    this.#waits.check();
  }

  snapshot(): readonly CallEvent[] {
    return this.missed;
  }

  listenToLine(): () => void {
    return () => {};
  }

  listenIn(): ListenedCall {
    return { format: "pcmu", startedAt: 0, queued: [], stop() {} };
  }

  hear(audio: string): boolean {
    if (!isBase64(audio)) return false;
    this.frames.push(audio);
    this.#waits.check();
    return true;
  }

  input(input: Input): void {
    if (input.type === "lost") this.#leg = undefined;
    this.inputs.push(input);
    this.onInput(input);
    this.#waits.check();
  }

  /** Ends the call as a session does: events first, then the leg. */
  end(end: SessionEnd): void {
    if (isCallEnd(end)) this.#leg?.notify({ type: "ended", end, durationMs: 1000 });
    this.#leg?.close(end);
    this.#end.resolve(end);
  }

  /** Waits until something that the call is given makes `condition` true. */
  async until(condition: () => boolean): Promise<void> {
    await this.#waits.for(() => condition() || undefined, () => {
      const inputs = this.inputs.slice(-5).map((input) => JSON.stringify(input)).join(", ");
      return `${this.frames.length} frames, then ${inputs}`;
    });
  }

  async joined(): Promise<this> {
    await this.until(() => this.hasLeg);
    return this;
  }

  /** The first input of a type, waiting for it if need be. */
  async given<Type extends Input["type"]>(type: Type): Promise<Extract<Input, { type: Type }>> {
    const isWanted = (input: Input): input is Extract<Input, { type: Type }> => input.type === type;
    await this.until(() => this.inputs.some(isWanted));
    return this.inputs.find(isWanted)!;
  }
}
