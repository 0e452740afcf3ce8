import { CallMachine } from "../../../src/call/callMachine.ts";
import type { CallCommand } from "../../../src/call/callCommand.ts";
import type { CallEvent, TranscriptTurn } from "../../../src/call/callEvent.ts";
import type { CallInput } from "../../../src/call/callInput.ts";
import type { KeptName } from "../../../src/call/keptSpeech.ts";
import type { CallLeg, LegLost } from "../../../src/call/callLeg.ts";
import type {
  ModelRequest,
  ResponsePurpose,
  ResponseStatus,
  SpeechRef,
  ToolCall,
} from "../../../src/call/realtimeClient.ts";
import type { Base64 } from "../../../src/utils/audio/audioFormat.ts";
import type { ResumedCall } from "../../../src/call/resumedCall.ts";
import type { CallPolicy } from "../../../src/call/types.ts";
import { LineLeg } from "../trials/lineLeg.ts";
import { policy } from "../twilio/policy.ts";

export interface CallDriverOptions extends Partial<CallPolicy> {
  readonly reports?: CallLeg["reports"];
  /** How late the leg starts to play after silence. */
  readonly startUpMs?: number;
  /** What the agent can say without its model. */
  readonly kept?: Readonly<
    Partial<Record<KeptName, { readonly text: string; readonly ms: number }>>
  >;
  readonly resumed?: ResumedCall;
  /** Every piece of speech names its place anew, and not with the object of the piece before. */
  readonly freshRefs?: boolean;
}

type Of<T extends { readonly type: string }, Type extends T["type"]> = Extract<T, { type: Type }>;

/** A call machine, a line and a model in virtual time, driven in the words of a call. */
export class CallDriver {
  readonly machine: CallMachine;
  readonly line: LineLeg;
  /** Everything the machine has commanded since the beginning. */
  readonly commands: CallCommand[] = [];
  /** When each of them was commanded. */
  readonly times: number[] = [];
  now = 0;
  readonly #reports: CallLeg["reports"];
  readonly #kept: NonNullable<CallDriverOptions["kept"]>;
  #taken = 0;
  #responses = 0;
  #turns = 0;
  #joined = false;
  /** Responses of which something has come. */
  readonly #brought = new Set<string>();
  readonly #freshRefs: boolean;
  #latestRef: SpeechRef | undefined;

  constructor(options: CallDriverOptions = {}) {
    const { reports = "marks", startUpMs = 0, kept = {}, resumed, freshRefs = false, ...changes } =
      options;
    this.#kept = kept;
    this.#freshRefs = freshRefs;
    this.#reports = reports;
    this.line = new LineLeg(reports, startUpMs);
    this.machine = new CallMachine(policy(changes), 0, resumed);
    this.#perform(this.machine.begin());
    if (kept.greeting !== undefined) this.input({ type: "greetingKept" });
  }

  /** Both ends are there; what was commanded until then does not count for `take`. */
  live(): this {
    this.ready();
    this.join();
    this.take();
    return this;
  }

  /** Both ends are there, the leg first. */
  connect(): this {
    this.join();
    this.ready();
    return this;
  }

  ready(expiresInMs?: number): void {
    this.input({ type: "modelReady", ...(expiresInMs !== undefined && { expiresInMs }) });
  }

  join(): void {
    this.#joined = true;
    const format = this.#reports === "marks" ? "pcmu" : "pcm24k";
    this.input({ type: "joined", format, reports: this.#reports });
  }

  /** The leg breaks off. */
  lose(how: Omit<LegLost, "type"> = {}): void {
    this.#joined = false;
    this.line.drop(this.now);
    this.input({ ...how, type: "lost" });
  }

  input(input: CallInput): void {
    if (input.type === "toolAnnounced") this.#brought.add(input.responseId);
    this.#perform(this.machine.handle(input, this.now));
  }

  /** Lets time pass, with all that becomes due in it. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (let idleTicks = 0; idleTicks < 3;) {
      const wakeAt = this.machine.wakeAt ?? Infinity;
      const next = Math.min(wakeAt, this.#joined ? this.line.nextEventAt(this.now) : Infinity);
      if (next > until) break;
      idleTicks = next > this.now ? 0 : idleTicks;
      this.now = Math.max(this.now, next);
      const inputs = this.#joined ? this.line.advance(this.now) : [];
      for (const input of inputs) this.input(input);
      if (wakeAt > this.now) continue;
      this.input({ type: "tick" });
      const again = this.machine.wakeAt;
      if (again !== undefined && again <= this.now) idleTicks++;
      if (idleTicks === 3) throw new Error(`The machine wants to be woken without end: ${again}`);
    }
    this.now = until;
  }

  /** A whole response with one item, delivered at once, as models do that are faster than speech. */
  speak(itemId: string, ms: number, text = ""): string {
    const responseId = this.begin();
    this.say(responseId, itemId, ms, text);
    this.finish(responseId);
    return responseId;
  }

  /** The model starts a response, by itself where no purpose is given. */
  begin(purpose?: ResponsePurpose, { aside = false } = {}): string {
    const responseId = `resp_${++this.#responses}`;
    const of = purpose === undefined ? {} : { purpose };
    this.input({ type: "responseStarted", responseId, aside, ...of });
    return responseId;
  }

  /** One item of a response, whole. */
  say(responseId: string, itemId: string, ms: number, text = ""): void {
    this.input({ type: "itemAdded", itemId, role: "agent" });
    if (text !== "") this.words(responseId, itemId, text);
    this.sound(responseId, itemId, ms);
    this.input({ type: "speechDone", ref: ref(responseId, itemId) });
  }

  words(responseId: string, itemId: string, text: string): void {
    this.#brought.add(responseId);
    this.input({ type: "speechText", ref: ref(responseId, itemId), text });
  }

  /** One delta of audio, silent unless given. */
  sound(responseId: string, itemId: string, ms: number, audio?: Base64): void {
    this.#brought.add(responseId);
    const latest = this.#latestRef;
    const isSame = !this.#freshRefs && latest?.itemId === itemId &&
      latest.responseId === responseId;
    const speech = isSame ? latest : ref(responseId, itemId);
    this.#latestRef = speech;
    this.#hear(speech, ms, audio);
  }

  finish(
    responseId: string,
    status: ResponseStatus = "completed",
    { tools = [], silent = false, ...why }: {
      readonly tools?: readonly ToolCall[];
      readonly reason?: string;
      readonly fatal?: boolean;
      readonly callerSpoke?: boolean;
      /** Whether the response brings nothing at all, where nothing was said of what it brings. */
      readonly silent?: boolean;
    } = {},
  ): void {
    const unsaid = status === "completed" && tools.length === 0 && !this.#brought.has(responseId);
    if (unsaid && !silent) this.say(responseId, `item_of_${responseId}`, 20);
    this.input({ type: "responseDone", responseId, status, toolCalls: tools, ...why });
  }

  /** A response that does nothing but call tools. */
  call(...names: readonly string[]): readonly ToolCall[] {
    const responseId = this.begin();
    const tools = names.map((name) => ({ callId: `call_${name}`, name, arguments: "{}" }));
    this.finish(responseId, "completed", { tools });
    return tools;
  }

  toolReturns(
    name: string,
    output = "{}",
    { ok = true, ...effect }: Partial<Of<CallInput, "toolReturned">> = {},
  ): void {
    this.input({ ...effect, type: "toolReturned", callId: `call_${name}`, output, ok });
  }

  /** Lets the caller interrupt after some of the agent's speech; `take` then gives what that led to. */
  interruptAt(ms: number): void {
    this.advance(ms);
    this.take();
    this.callerStarts();
  }

  callerStarts(): string {
    const itemId = `user_${++this.#turns}`;
    this.input({ type: "speechStarted", itemId });
    return itemId;
  }

  callerStops(): string {
    const itemId = `user_${this.#turns}`;
    this.input({ type: "speechStopped", itemId });
    this.input({ type: "committed", itemId });
    return itemId;
  }

  /** A whole turn of the caller, understood. */
  callerSays(text: string, ms = 800): void {
    const itemId = this.callerStarts();
    this.advance(ms);
    this.callerStops();
    this.input({ type: "callerText", itemId, text, final: true });
  }

  press(digits: string): void {
    for (const digit of digits) this.input({ type: "digit", digit });
  }

  /** What was commanded since the last `take`. */
  take(): readonly CallCommand[] {
    const commands = this.commands.slice(this.#taken);
    this.#taken = this.commands.length;
    return commands;
  }

  /** What was asked of the model since the last `take`. */
  takeRequests(): readonly ModelRequest[] {
    return this.take().flatMap((command) => command.type === "model" ? [command.request] : []);
  }

  /** What responses were asked for since the last `take`. */
  takeAsked(): readonly ResponsePurpose[] {
    return this.takeRequests().flatMap((one) =>
      one.type === "respond" ? [one.request.purpose] : []
    );
  }

  all<Type extends CallCommand["type"]>(type: Type): readonly Of<CallCommand, Type>[] {
    return this.commands.filter((one): one is Of<CallCommand, Type> => one.type === type);
  }

  events<Type extends CallEvent["type"]>(type: Type): readonly Of<CallEvent, Type>[] {
    return this.all("publish").map(({ event }) => event)
      .filter((event): event is Of<CallEvent, Type> => event.type === type);
  }

  /** The conversation as it stands, in order. */
  get transcript(): readonly TranscriptTurn[] {
    const turns = new Map(this.events("turn").map(({ turn }) => [turn.id, turn]));
    return [...turns.values()].sort((a, b) => a.position - b.position);
  }

  /** The conversation as one reads it. */
  get script(): readonly string[] {
    return this.transcript.map(({ role, text, interrupted }) =>
      `${role}: ${text}${interrupted ? " /" : ""}`
    );
  }

  /** How the caller left: by the end of the call, or to the target of a transfer. */
  get gone(): Of<CallCommand, "endCall">["end"] | undefined {
    const transfer = this.all("transfer")[0]?.transfer;
    return transfer === undefined ? this.end : { reason: "transferred", detail: transfer.alias };
  }

  get end(): Of<CallCommand, "endCall">["end"] | undefined {
    return this.all("endCall")[0]?.end;
  }

  #perform(commands: readonly CallCommand[]): void {
    const answers: CallInput[] = [];
    const kept: Of<CallCommand, "speakKept">[] = [];
    for (const command of commands) {
      this.commands.push(command);
      this.times.push(this.now);
      if (command.type === "speakKept") kept.push(command);
      if (!this.#joined) continue;
      if (command.type === "play") this.line.play(command.piece, this.now);
      if (command.type === "mark") this.line.mark(command.name, this.now);
      if (command.type === "clear") answers.push(...this.line.clear(this.now));
    }
    for (const answer of answers) this.input(answer);
    for (const { name, ref } of kept) {
      const sentence = this.#kept[name];
      if (sentence === undefined) {
        this.input({ type: "keptMissing", ref });
        continue;
      }
      this.#hear(ref, sentence.ms);
      this.input({ type: "keptSpoken", ref, text: sentence.text });
    }
  }

  #hear(of: SpeechRef, ms: number, audio?: Base64): void {
    const bytesPerMs = this.#reports === "marks" ? 8 : 48;
    const silence = "A".repeat(Math.ceil((ms * bytesPerMs) / 3) * 4);
    this.#perform(this.machine.speech(of, audio ?? silence, ms, this.now));
  }
}

function ref(responseId: string, itemId: string) {
  return { responseId, itemId, contentIndex: 0 };
}
