import { audioDurationMs, type AudioFormat, type Base64 } from "../utils/audio/audioFormat.ts";
import type { CallCommand } from "./callCommand.ts";
import type { CallEvent } from "./callEvent.ts";
import type { CallEar } from "./callEar.ts";
import type { CallInput, ControlInput } from "./callInput.ts";
import type { CallLeg, LegInput } from "./callLeg.ts";
import { CallerAudio } from "./turns/callerAudio.ts";
import { withFallback } from "./ending/fallbackTransfer.ts";
import { CallAgents } from "./handoff/callAgents.ts";
import type { CallSession } from "./sessionApi.ts";
import type { SessionDependencies, SessionOptions } from "./sessionSetup.ts";
import type { KeptSpeech } from "./keptSpeech.ts";
import { KeptVoice } from "./playback/keptVoice.ts";
import { keyTones } from "./menu/keyTones.ts";
import { CommandRunner } from "./machine/commandRunner.ts";
import { LegSlot } from "./machine/legSlot.ts";
import { ModelSlot } from "./model/modelSlot.ts";
import { CallMachine } from "./callMachine.ts";
import { SessionTap } from "./recording/sessionTap.ts";
import type { SpeechRef, ToolCall } from "./realtimeClient.ts";
import type { ResumedCall } from "./resumedCall.ts";
import type { CallPhase, CallPolicy, CallRequest, Milliseconds, SessionEnd } from "./types.ts";
import { present } from "../utils/present.ts";
import { WaitingSound } from "./transfer/waitingSound.ts";
import { WakeTimer } from "./machine/wakeTimer.ts";

export type * from "./sessionSetup.ts";

/** Carries a call's audio from end to end, and performs what its machine decides. */
export class Session implements CallSession {
  readonly id: string;
  readonly resumed: ResumedCall | undefined;
  callSid: string | undefined;
  readonly #deps: SessionDependencies;
  readonly #agents: CallAgents;
  readonly #format: AudioFormat;
  readonly #keptVoice = new KeptVoice(
    () => this.#kept,
    (input) => this.#handle(input),
    (ref, audio) => this.#speech(ref, audio),
  );
  readonly #startedAt: Milliseconds;
  readonly #machine: CallMachine;
  readonly #callerAudio: CallerAudio;
  readonly #model: ModelSlot;
  readonly #timer: WakeTimer;
  readonly #tap: SessionTap;
  readonly #leg = new LegSlot();
  readonly #tools = new AbortController();
  readonly #over = Promise.withResolvers<SessionEnd>();
  readonly ended = this.#over.promise;
  readonly #waitingSound: WaitingSound;
  readonly #commands = new CommandRunner((command) => this.#do(command));

  constructor(
    { id, request, resumed, describe, ...description }: SessionOptions,
    deps: SessionDependencies,
  ) {
    const { policy, setup, groupMs = 0 } = description;
    this.id = id;
    this.resumed = resumed;
    this.callSid = request.callSid;
    this.#agents = new CallAgents({ request, description }, describe);
    this.#format = setup.format;
    this.#deps = deps;
    this.#startedAt = deps.now();
    this.#machine = new CallMachine(policy, this.#startedAt, resumed);
    this.#model = new ModelSlot({
      format: setup.format,
      setupOf: (agent) => this.#agents.setupOf(agent),
      openModel: (setup, sink) => deps.openModel(setup, this.#kept?.listen(sink) ?? sink, id),
      listener: {
        onInput: (input) => this.#handle(input),
        onSpeech: (ref, audio) => this.#speech(ref, audio),
      },
      audioNeededFrom: (now) => this.#machine.audioNeededFrom(now),
      clock: deps,
      groupMs,
    });
    this.#tap = new SessionTap(() => deps.openTap?.(this, setup.format), this.#machine);
    const around = { leg: () => this.#leg.line, kept: () => this.#kept, tap: this.#tap };
    this.#waitingSound = new WaitingSound(deps, setup.format, around);
    this.#timer = new WakeTimer(deps, () => this.#wake());
    this.#callerAudio = new CallerAudio(deps, {
      format: setup.format,
      endsTurns: () => this.#policy.commitsBySilence,
      onAudio: (frame) => this.#model.sendAudio(frame, deps.now()),
      hearsMusic: () => this.#policy.phoneMenu !== undefined,
      onInput: (input) => this.#handle(input),
      onFrame: (bytes) => {
        this.#tap.hear(bytes, deps.now());
        this.#leg.ears.hear(bytes);
      },
    });
  }

  listenIn = (ear: CallEar) => this.#leg.ears.put(ear, this.#machine, this.#format);
  listenToLine = (listener: (bytes: Uint8Array) => void) => this.#callerAudio.listen(listener);
  get request(): CallRequest {
    return this.#agents.request;
  }

  get #policy(): CallPolicy {
    return this.#agents.description.policy;
  }
  get #kept(): KeptSpeech | undefined {
    return this.#agents.description.kept;
  }

  get recordingState(): CallSession["recordingState"] {
    return this.#machine.recordingState;
  }

  get phase(): CallPhase {
    return this.#machine.phase;
  }

  get hasJoined(): boolean {
    return this.#leg.hasJoined;
  }

  get hasLeg(): boolean {
    return this.#leg.isTaken;
  }

  get hasEnded(): boolean {
    return this.#machine.ended;
  }

  get isAway(): boolean {
    return this.#machine.isAway;
  }

  get transferState(): CallSession["transferState"] {
    return this.#machine.transferState;
  }

  begin(): void {
    try {
      const [at, policy, { resumed }] = [this.#startedAt, this.#policy, this];
      this.#deps.journal?.(this, { at, policy, ...present({ resumed }) });
      this.#commands.perform(this.#machine.begin());
      this.#timer.set(this.#machine.wakeAt);
    } catch (error) {
      this.#fail(error);
    }
    this.#keptVoice.findGreeting();
  }

  join(leg: CallLeg): void {
    if (this.#machine.phase === "ended") throw new Error("Cannot join the call: it has ended");
    if (this.#leg.isTaken) {
      this.#leg.replace();
      this.input({ type: "lost" });
    }
    this.#leg.put(leg);
    this.#keptVoice.findGreeting();
    this.input({ type: "joined", format: leg.format, reports: leg.reports });
  }

  snapshot(): readonly CallEvent[] {
    return this.#machine.ended ? [] : this.#machine.snapshot();
  }

  hear(audio: Base64): boolean {
    try {
      return this.#machine.ended || this.#callerAudio.hear(audio);
    } catch (error) {
      this.#fail(error);
      return true;
    }
  }

  input(input: LegInput | ControlInput): void {
    if (input.type === "lost") this.#leg.lose();
    this.#handle(input);
  }

  #handle(input: CallInput): void {
    if (this.#machine.ended) return;
    try {
      this.#callerAudio.follow(input);
      const at = this.#deps.now();
      this.#deps.journal?.(this, { at, input });
      this.#commands.perform(this.#machine.handle(input, at));
      this.#timer.set(this.#machine.wakeAt);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A timer is not moved when what it was set for is put off: it may fire before anything is due. */
  #wake(): void {
    const { wakeAt } = this.#machine;
    if (wakeAt === undefined || wakeAt > this.#deps.now()) return this.#timer.set(wakeAt);
    this.#handle({ type: "tick" });
  }

  #speech(ref: SpeechRef, audio: Base64): void {
    if (this.#machine.ended) return;
    try {
      const at = this.#deps.now();
      const durationMs = audioDurationMs(audio, this.#format);
      this.#deps.journal?.(this, { at, speech: ref, durationMs });
      this.#commands.perform(this.#machine.speech(ref, audio, durationMs, at));
      // Of all that a call waits for, speech brings nothing nearer but the next piece of itself.
      if (!this.#machine.ended) this.#timer.setBy(this.#machine.nextPieceAt);
    } catch (error) {
      this.#fail(error);
    }
  }

  #do(command: CallCommand): void {
    switch (command.type) {
      case "play":
      case "mark":
      case "clear":
      case "waitingSound":
        return this.#waitingSound.perform(command);
      case "speakKept":
        return this.#keptVoice.speak(command);
      case "useAgent":
        this.#agents.use(command.agent);
        return this.#model.perform(command, this.#deps.now());
      case "keepHeard":
      case "record":
        return this.#tap.perform(command);
      case "runTool":
        return this.#runTool(command.call);
      case "abortTools":
        return this.#tools.abort();
      case "recordOptOut":
        return this.#deps.recordOptOut?.(this, command);
      case "sendDigits":
        return command.by === "tones"
          ? this.#leg.line?.play(keyTones(command.digits, this.#format))
          : this.#deps.sendDigits(this, command.digits);
      case "transfer":
      case "cancelTransfer":
      case "leaveRoom":
        return this.#deps.transfer(this, command);
      case "publish":
        this.#leg.notify(command.event);
        return this.#deps.publish(this, command.event);
      case "endCall":
        return this.#end(command.end);
      default:
        return this.#model.perform(command, this.#deps.now());
    }
  }

  #runTool(call: ToolCall): void {
    const { callId } = call;
    this.#deps.runTool(this, call, this.#tools.signal).then(
      (result) => this.#handle({ type: "toolReturned", callId, ...this.#agents.resolve(result) }),
      (error) => this.#fail(error),
    );
  }

  /** Ends the call in order if that is still possible, and otherwise all the same. */
  #fail(error: unknown): void {
    this.#deps.onError(this, error);
    const end = withFallback({ reason: "internal_error" }, this.#policy);
    try {
      this.#commands.perform(this.#machine.handle({ type: "hangUp", end }, this.#deps.now()));
    } catch {
      // The first fault has been reported; this one is most likely the same.
    }
    this.#tools.abort();
    this.#model.close();
    this.#end(end);
  }

  #end(end: SessionEnd): void {
    this.#timer.cancel();
    this.#waitingSound.stop();
    this.#callerAudio.close();
    this.#tap.close(this.#deps.now(), end);
    this.#over.resolve(end);
    try {
      this.#leg.close(end);
    } catch (error) {
      this.#deps.onError(this, error);
    }
  }
}
