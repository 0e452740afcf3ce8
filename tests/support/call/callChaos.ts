import assert from "node:assert/strict";
import type { Handoff } from "../../../src/call/handoff.ts";
import type { CallPolicy } from "../../../src/call/types.ts";
import { policy } from "../twilio/policy.ts";
import type { CallCommand } from "../../../src/call/callCommand.ts";
import type {
  ModelRequest,
  ResponsePurpose,
  ResponseStatus,
} from "../../../src/call/realtimeClient.ts";
import { NOT_CARRIED_OUT, WAIT_FOR_CALLER } from "../../../src/call/model/prompts.ts";
import { CallDriver, type CallDriverOptions } from "./callDriver.ts";
import { FINAL, type Step, USUAL } from "./callSteps.ts";

/** The output of tools that were not run. */
const REFUSALS: ReadonlySet<string> = new Set([NOT_CARRIED_OUT, WAIT_FOR_CALLER]);
/** How well a place is known until the first marks are back. */
const UNSURE_MS = 120;

/** A leg may take so long to say where it fell silent. */
const SETTLED_MS = 501;

/** As much as a leg is ever given ahead. */
const SLEPT_MS = 7000;

/** Lives through the steps and checks after each that the call has not done what it must never do. */
export function liveThrough(options: ChaosOptions, all: readonly Step[]): CallDriver {
  const chaos = new Chaos(options);
  // Most calls come about as calls do; the others begin in disorder.
  if (all.length % 4 !== 0) { for (const kind of USUAL) chaos.take({ kind, pick: all.length }); }
  for (const step of all) chaos.take(step);
  chaos.settle();
  chaos.close();
  return chaos.call;
}

interface ChaosOptions extends CallDriverOptions {
  /** Whether the model's audio comes in whole milliseconds. */
  readonly wholeMs?: boolean;
}

/** What brings a call into order, and what runs to its end. */
const SETTLING = [
  "joinLeg",
  "modelReady",
  "standbyReady",
  "toolReturns",
  "remoteEnds",
  "respondAside",
  "respond",
  "delta",
  "itemDone",
  "finish",
] as const;

class Chaos {
  readonly call: CallDriver;
  #checked = 0;
  #joined = false;
  #open = false;
  #ready = false;
  /** The connection that is to take the present one's place. */
  #standby: "none" | "opening" | "ready" = "none";
  readonly #keptMs: Readonly<Record<string, number>>;
  #greetingKept = false;
  /** When the call must have been given away, or be over, at the latest. */
  #leaveBy = Infinity;
  #asked: { readonly purpose: ResponsePurpose; readonly at: number } | undefined;
  #lastRespond: Extract<ModelRequest, { type: "respond" }> | undefined;
  #running: { readonly id: string; readonly itemId: string } | undefined;
  /** The running response was cancelled: the model may be asked for the next. */
  #cancelled = false;
  #lastCancel: Extract<ModelRequest, { type: "cancel" }> | undefined;
  #aside: { readonly at: number; readonly id?: string; readonly itemId: string } | undefined;
  #past: { readonly id: string; readonly itemId: string }[] = [];
  readonly #producedMs = new Map<string, number>();
  readonly #runningTools = new Set<string>();
  /** Tools that returned before the call's end, and how often each output was sent. */
  readonly #returned = new Map<string, { told: number; readonly after: number }>();
  readonly #runs = new Map<string, number>();
  /** Tools that the model runs over the present connection, and those that it has asked for there. */
  readonly #remote = new Set<string>();
  readonly #asks = new Set<string>();
  readonly #ended = new Set<string>();
  /** Items of sound that the present connection has, and those that are to be words there. */
  readonly #sound = new Set<string>();
  readonly #replaced: Extract<ModelRequest, { type: "replace" }>[] = [];
  #serial = 0;
  /** What may have been played twice: a place is known only so well until the first marks are back. */
  #repeatedMs = 0.01;
  readonly #wholeMs: boolean;
  readonly #pauses: boolean;
  readonly #policy: CallPolicy;
  readonly #tellsPositions: boolean;

  constructor({ wholeMs = false, ...options }: ChaosOptions) {
    this.#wholeMs = wholeMs;
    this.call = new CallDriver(options);
    const { reports: _r, startUpMs: _s, kept: _k, resumed: _c, freshRefs: _f, ...changes } =
      options;
    this.#policy = policy(changes);
    this.#tellsPositions = options.reports === "positions";
    this.#keptMs = Object.fromEntries(
      Object.entries(options.kept ?? {}).map(([name, { ms }]) => [name, ms]),
    );
    this.#pauses = options.pausesOnSpeech === true;
    this.#check();
  }

  take({ kind, pick }: Step): void {
    if (FINAL.has(kind) && pick % 16 !== 5) return;
    this.#do(kind, pick);
    this.#check();
  }

  /** With caller, leg and model all well again, what the caller writes is answered, whatever was before. */
  settle(): void {
    const { call } = this;
    this.#heal(1);
    call.input({ type: "callerLevel", speaking: false });
    for (const kind of ["speechStopped", "committed"] as const) this.take({ kind, pick: 4 });
    this.#heal(12);
    if (!this.#goesOn) return;
    const before = call.commands.length;
    call.input({ type: "typed", text: "Are you there?" });
    this.#heal(12);
    if (!this.#goesOn || !this.#ready) return;
    const asked = call.commands.slice(before).some((command) =>
      command.type === "model" && command.request.type === "respond" &&
      command.request.request.purpose === "reply"
    );
    assert.ok(asked, "a caller who writes is not answered");
  }

  #heal(rounds: number): void {
    const { call } = this;
    for (let round = 0; round < rounds && this.#goesOn; round++) {
      for (const kind of SETTLING) this.take({ kind, pick: 4 });
      call.line.asleep = false;
      call.advance(1500);
      this.#check();
    }
  }

  get #goesOn(): boolean {
    const { phase } = this.call.machine;
    return phase !== "ended" && phase !== "closing";
  }

  /** All that was begun is over, and the call must have come to an end or be at rest. */
  close(): void {
    this.call.advance(100_000);
    this.#check();
    this.call.input({ type: "left", end: { reason: "caller_hung_up" } });
    this.#check();
    assert.equal(this.call.all("endCall").length, 1, "ended once");
    const over = [...this.call.events("ended"), ...this.call.events("handedOver")];
    assert.equal(over.length, 1, "ended or handed over");
    assert.equal(this.call.machine.wakeAt, undefined);
    for (const turn of this.call.transcript) assert.ok(turn.final, `open at the end: ${turn.id}`);
    for (const [callId, { told, after }] of this.#returned) {
      const later = this.call.commands.slice(after).filter((one) =>
        one.type === "openModel" || one.type === "takeOver"
      );
      const inHistory = later.some(({ history }) =>
        history.some((item) => item.type === "toolCall" && item.callId === callId)
      );
      // Only where no connection was left to send it to was it not sent.
      const answered = told === 1 || (told === 0 && (inHistory || later.length === 0));
      assert.ok(answered, `${callId} was told ${told} times`);
    }
  }

  #do(kind: Step["kind"], pick: number): void {
    const { call } = this;
    switch (kind) {
      case "pass":
        return call.advance(pick / 10);
      case "passLong":
        return call.advance(pick / 2);
      case "age":
        return call.advance(60_000 + pick * 10);
      case "modelReady":
        if (!this.#open || this.#ready) return;
        this.#ready = true;
        return call.ready(pick % 3 === 0 ? 60_000 + pick * 10 : undefined);
      case "modelLost":
        if (!this.#open) return;
        this.#closed();
        return call.input({
          type: "modelLost",
          loss: { code: "closed", retry: pick % 2 === 0 ? "now" : "backoff" },
        });
      case "modelDead":
        if (!this.#open) return;
        this.#closed();
        return call.input({ type: "modelLost", loss: { code: "account", retry: "no" } });
      case "standbyReady":
        if (this.#standby !== "opening") return;
        this.#standby = "ready";
        return call.input({
          type: "standbyReady",
          ...(pick % 3 === 0 && { expiresInMs: 60_000 + pick * 10 }),
        });
      case "standbyLost":
        if (this.#standby === "none") return;
        this.#standby = "none";
        return call.input({
          type: "standbyLost",
          loss: { code: "closed", retry: pick % 2 === 0 ? "now" : "backoff" },
        });
      case "greetingKept":
        if (this.#keptMs.greeting !== undefined) call.input({ type: "greetingKept" });
        return;
      case "answered":
        return call.input({ type: "answered" });
      case "personAnswered":
        return call.input({ type: "personAnswered" });
      case "handover": {
        const withinMs = pick / 2;
        this.#leaveBy = Math.min(this.#leaveBy, call.now + withinMs);
        return call.input({ type: "handoverAsked", withinMs });
      }
      case "legExpires":
        if (!this.#joined) return;
        this.#joined = false;
        this.#repeatedMs += UNSURE_MS;
        return call.lose({ rejoinMs: pick, end: { reason: "caller_hung_up" } });
      case "joinLeg":
        if (this.#joined) return;
        this.#joined = true;
        return call.join();
      case "loseLeg":
        if (!this.#joined) return;
        this.#joined = false;
        this.#repeatedMs += UNSURE_MS;
        return call.lose();
      case "staleMark":
        return call.input({ type: "marked", mark: `g${pick % 4}.${pick % 50}` });
      case "staleRender":
        // A phone line cannot report a position.
        if (!this.#tellsPositions) return;
        return call.input({
          type: "rendered",
          itemId: `item_${pick % 9}`,
          ms: pick - 500,
          cleared: pick % 2 === 0,
        });
      case "sleep":
        call.line.asleep = pick % 2 === 0;
        // What a sleeping leg plays is not known, and may be played again.
        if (call.line.asleep) this.#repeatedMs += SLEPT_MS;
        return;
      case "typed":
        return call.input({ type: "typed", text: "hello" });
      case "digit":
        return call.press("0123456789*#"[pick % 12]!);
      case "interrupt":
        return call.input({ type: "interruptAsked" });
      case "level":
        return call.input({ type: "callerLevel", speaking: pick % 2 === 0 });
      case "commit":
        return call.input({ type: "turnCommitted" });
      case "say":
        return call.input({ type: "sayAsked", text: "Listen." });
      case "end":
        return call.input({
          type: "endAsked",
          end: { reason: "operator_hung_up" },
          ...(pick % 3 === 0 && { goodbye: "Bye." }),
        });
      case "machine":
        return call.input(
          pick % 2 === 0
            ? { type: "screened", message: "Call us." }
            : { type: "machineAnswered", end: { reason: "voicemail" }, message: "Call us." },
        );
      case "transfer":
        return call.input({ type: "transferAsked", alias: pick % 2 === 0 ? "sales" : "nobody" });
      case "hangUp":
        return call.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
      case "toolReturns": {
        const callId = [...this.#runningTools][pick % (this.#runningTools.size || 1)];
        if (callId === undefined) return;
        this.#runningTools.delete(callId);
        if (call.machine.phase !== "ended") {
          this.#returned.set(callId, { told: 0, after: call.commands.length });
        }
        return call.toolReturns(callId.slice("call_".length), `output of ${callId}.`, {
          ...(pick % 3 === 0 && { effect: this.#handoff(pick) }),
          ...(pick % 11 === 0 && { effect: { type: "endCall" } }),
          ...(pick % 13 === 0 && { effect: { type: "transfer", alias: "sales" } }),
        });
      }
      default:
        if (this.#ready) this.#doModel(kind, pick);
    }
  }

  #doModel(kind: Step["kind"], pick: number): void {
    const { call } = this;
    const running = this.#running;
    switch (kind) {
      case "remoteStarts":
      case "remoteAsks": {
        const at = pick % 5 === 0 ? this.#past.at(-1) : running;
        if (at === undefined) return;
        const callId = `mcp_${this.#serial++}`;
        const remote = { callId, name: "r", arguments: "{}", by: "model" } as const;
        if (pick % 2 === 0) call.input({ type: "remoteToolPlanned", responseId: at.id });
        if (kind === "remoteStarts") {
          this.#remote.add(callId);
          return call.input({ type: "remoteToolStarted", responseId: at.id, call: remote });
        }
        this.#asks.add(callId);
        return call.input({ type: "toolAnnounced", responseId: at.id, call: remote });
      }
      case "remoteEnds": {
        const callId = [...this.#remote][pick % (this.#remote.size || 1)];
        if (callId === undefined) return;
        if (pick % 7 !== 0) this.#remote.delete(callId);
        const ended = { callId, output: `output of ${callId}.`, ok: pick % 3 !== 0 };
        return call.input({ type: "remoteToolEnded", ...ended });
      }
      case "respondAside":
        if (this.#aside !== undefined && this.#aside.id === undefined) {
          const { itemId } = this.#aside;
          const id = call.begin("filler", { aside: true });
          this.#aside = { at: call.now, id, itemId };
          if (pick % 3 !== 0) this.#delta({ id, itemId }, pick % 900);
          if (pick % 2 === 0) call.finish(id, "completed", { silent: true });
        }
        return;
      case "progress":
        if (running !== undefined) {
          call.input({ type: "responseProgress", responseId: running.id });
        }
        return;
      case "twice":
        if (running !== undefined) {
          call.input({ type: "responseStarted", responseId: running.id, aside: false });
        }
        return;
      case "refuseCancel": {
        const request = this.#lastCancel;
        this.#lastCancel = undefined;
        if (request === undefined || request.responseId !== running?.id) return;
        this.#running = undefined;
        return call.input({ type: "requestRefused", request, kind: "over", code: "not_active" });
      }
      case "respond":
        if (this.#asked !== undefined && running === undefined) this.#begin(this.#asked.purpose);
        return;
      case "ownResponse":
        // Without a purpose it would be taken for the aside that is being waited for.
        if (running === undefined && this.#aside?.id !== undefined) this.#begin(undefined);
        if (running === undefined && this.#aside === undefined) this.#begin(undefined);
        return;
      case "delta":
        if (running !== undefined) this.#delta(running, 20 + (pick % 900) / 1.7);
        return;
      case "lateDelta": {
        const past = this.#past[pick % (this.#past.length || 1)];
        if (past !== undefined) this.#delta(past, 100);
        return;
      }
      case "itemDone":
        if (running === undefined) return;
        call.input({ type: "speechDone", ref: ref(running) });
        this.#running = { id: running.id, itemId: this.#newItem() };
        return;
      case "finish": {
        const statuses: ResponseStatus[] = ["completed", "completed", "cancelled", "incomplete"];
        return this.#finish(pick % 29 === 0 ? "failed" : statuses[pick % 4]!, 0, pick);
      }
      case "finishWithTools":
        return this.#finish(pick % 3 === 0 ? "cancelled" : "completed", 1 + (pick % 3), pick);
      case "speechStarted":
        call.callerStarts();
        return;
      case "speechStopped":
        return call.input({ type: "speechStopped" });
      case "committed":
        this.#sound.add(`turn_${pick % 20}`);
        return call.input({ type: "committed", itemId: `turn_${pick % 20}` });
      case "replaced": {
        const request = this.#replaced.shift();
        if (request !== undefined) call.input({ type: "replaced", itemId: request.itemId });
        return;
      }
      case "refuseReplace": {
        const request = this.#replaced.shift();
        if (request === undefined) return;
        const kind = pick % 3 === 0 ? "unsupported" : "gone";
        return call.input({ type: "requestRefused", request, kind, code: "no" });
      }
      case "callerText":
        return call.input({
          type: "callerText",
          itemId: `turn_${pick % 20}`,
          text: "words ",
          final: pick % 2 === 0,
        });
      case "refuse": {
        const request = this.#lastRespond;
        if (request === undefined) return;
        this.#lastRespond = undefined;
        this.#asked = undefined;
        const why = pick % 3 === 0
          ? { kind: "other", code: "server_error" } as const
          : { kind: "busy", code: "active_response" } as const;
        return call.input({ type: "requestRefused", request: structuredClone(request), ...why });
      }
      case "textFailed":
        return call.input({ type: "callerTextFailed", itemId: `turn_${pick % 20}` });
      case "outputTaken":
        return call.input({
          type: "itemAdded",
          itemId: `output_${pick}`,
          role: "tool",
          callId: `call_t${pick % 20}`,
        });
      case "modelIdled":
        return call.input({ type: "modelIdled" });
    }
  }

  #handoff(pick: number): Handoff {
    const agent = `agent_${pick % 3}`;
    return {
      type: "handoff",
      agent,
      title: agent,
      fromTitle: "another",
      connection: pick % 2 === 0 ? "same" : "other",
      policy: { ...this.#policy, agent },
      ...(pick % 5 === 0 && { say: "One moment." }),
    };
  }

  #begin(purpose: ResponsePurpose | undefined): void {
    this.#asked = undefined;
    const itemId = this.#newItem();
    this.#cancelled = false;
    this.#running = { id: "", itemId };
    const id = this.call.begin(purpose);
    if (this.call.machine.phase === "ended") return;
    this.#running = { id, itemId };
    this.#cancelled ||= this.#lastCancel?.responseId === id;
    this.#sound.add(itemId);
    this.call.input({ type: "itemAdded", itemId, role: "agent" });
  }

  #delta(at: { readonly id: string; readonly itemId: string }, length: number): void {
    const ms = this.#wholeMs ? Math.ceil(length) : length;
    this.#producedMs.set(at.itemId, (this.#producedMs.get(at.itemId) ?? 0) + ms);
    this.call.words(at.id, at.itemId, "some words ");
    this.call.sound(at.id, at.itemId, ms);
  }

  #finish(status: ResponseStatus, toolCount: number, pick: number): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#past = [...this.#past, running].slice(-3);
    const tools = Array.from({ length: toolCount }, () => {
      const name = `t${this.#serial++}`;
      return { callId: `call_${name}`, name, arguments: "{}" };
    });
    for (const tool of pick % 2 === 0 ? tools : []) {
      this.call.input({ type: "toolAnnounced", responseId: running.id, call: tool });
    }
    this.call.finish(running.id, status, { tools, silent: true });
  }

  /** The present connection is gone, and all that was asked of it. */
  #closed(): void {
    this.#open = false;
    this.#ready = false;
    this.#asked = undefined;
    this.#lastRespond = undefined;
    this.#running = undefined;
    this.#lastCancel = undefined;
    this.#aside = undefined;
    this.#past = [];
    this.#sound.clear();
    this.#replaced.length = 0;
    this.#remote.clear();
    this.#asks.clear();
  }

  #newItem(): string {
    return `item_${this.#serial++}`;
  }

  #check(): void {
    if (this.call.now > this.#leaveBy + SETTLED_MS) {
      assert.equal(this.call.machine.phase, "ended", "kept beyond the time of its handover");
    }
    const { commands } = this.call;
    for (; this.#checked < commands.length; this.#checked++) {
      const command = commands[this.#checked]!;
      const last = this.#checked > 0 ? commands[this.#checked - 1] : undefined;
      assert.notEqual(last?.type, "endCall", `a ${command.type} after the end`);
      this.#checkOne(command, this.call.times[this.#checked]!);
    }
    for (const { itemId, ms } of this.call.line.heard) {
      const producedMs = this.#producedMs.get(itemId) ?? 0;
      assert.ok(ms <= producedMs + this.#repeatedMs, `${itemId}: ${ms} ms heard of ${producedMs}`);
    }
  }

  #checkOne(command: CallCommand, at: number): void {
    switch (command.type) {
      case "openModel":
        assert.equal(this.#standby, "none", "a connection is opened though one stands by");
        this.#closed();
        this.#open = true;
        return;
      case "prepareModel":
        assert.ok(this.#ready, "a second connection is prepared beside none");
        // One for the next agent takes the place of one that stands by.
        if (command.agent === undefined) assert.equal(this.#standby, "none", "a third connection");
        this.#standby = "opening";
        return;
      case "takeOver":
        assert.notEqual(this.#standby, "none", "nothing stands by");
        this.#closed();
        this.#open = true;
        this.#ready = this.#standby === "ready";
        this.#standby = "none";
        return;
      case "closeModel":
        this.#standby = "none";
        return this.#closed();
      case "speakKept": {
        const ms = this.#keptMs[command.name];
        if (ms !== undefined) this.#producedMs.set(command.ref.itemId, ms);
        if (command.name !== "greeting") return;
        assert.ok(!this.#greetingKept, "the greeting is spoken twice");
        this.#greetingKept = true;
        return;
      }
      case "clear":
        if (this.#pauses) this.#repeatedMs += UNSURE_MS;
        return;
      case "runTool": {
        const { callId } = command.call;
        assert.ok(!this.#runs.has(callId), `${callId} runs twice`);
        this.#runs.set(callId, 1);
        this.#runningTools.add(callId);
        return;
      }
      case "publish": {
        if (command.event.type === "toolEnded") {
          const { toolCallId } = command.event;
          assert.ok(!this.#ended.has(toolCallId), `${toolCallId} ends twice`);
          this.#ended.add(toolCallId);
        }
        if (command.event.type !== "interrupted") return;
        const { itemId, heardMs } = command.event;
        assert.ok(heardMs <= Math.ceil(this.#producedMs.get(itemId) ?? 0), "heard past the end");
        return;
      }
      case "model":
        return this.#checkRequest(command.request, at);
    }
  }

  #checkRequest(request: ModelRequest, at: number): void {
    switch (request.type) {
      case "respond": {
        const { purpose, aside } = request.request;
        if (purpose === "greeting") assert.ok(!this.#greetingKept, "the greeting is said again");
        assert.ok(this.#ready, `${purpose} asked of a connection that is not ready`);
        if (aside === true) {
          const over = this.#aside === undefined || at >= this.#aside.at + 900;
          assert.ok(over || this.#aside?.id !== undefined, "an aside beside another");
          this.#aside = { at, itemId: this.#newItem() };
          return;
        }
        const free = this.#running === undefined || this.#cancelled;
        assert.ok(free, `${purpose} asked for during a response`);
        this.#running = undefined;
        const lost = this.#asked !== undefined && at >= this.#asked.at + 3990;
        assert.ok(this.#asked === undefined || lost, `${purpose} asked for beside another`);
        this.#asked = { purpose, at };
        this.#lastRespond = request;
        return;
      }
      case "cancel":
        this.#lastCancel = request;
        this.#cancelled ||= request.responseId === this.#running?.id;
        return;
      case "truncate": {
        const producedMs = this.#producedMs.get(request.itemId) ?? 0;
        assert.ok(Number.isInteger(request.audioEndMs) && request.audioEndMs >= 0);
        assert.ok(request.audioEndMs <= producedMs, `truncate past ${producedMs}`);
        return;
      }
      case "replace": {
        const { itemId, text } = request;
        assert.ok(this.#running === undefined || this.#cancelled, "words during a response");
        assert.ok(this.#sound.delete(itemId), `${itemId} is no sound of this connection`);
        assert.notEqual(text.trim(), "", `${itemId} has no words`);
        this.#replaced.push(request);
        const turn = this.call.transcript.find(({ id }) => id === itemId);
        if (turn?.role !== "agent") return;
        assert.ok(turn.final && turn.aside === undefined, `${itemId} is not over`);
        assert.equal(text, turn.interrupted ? `${turn.text} …` : turn.text);
        return;
      }
      case "toolOutput":
        if (REFUSALS.has(request.output)) {
          assert.ok(!this.#runs.has(request.callId), `${request.callId} ran and was refused`);
          this.#runs.set(request.callId, 0);
          return;
        }
        return this.#told(request.callId);
      case "toolLeave":
        // One that a connection has asked for is answered over the next, which knows nothing of it.
        if (this.#asks.delete(request.callId) && request.output === undefined) {
          this.#remote.add(request.callId);
        }
        assert.ok(!this.#runs.has(request.callId), `${request.callId} is decided twice`);
        this.#runs.set(request.callId, 1);
        return;
      case "message": {
        const name = /^The tool (\w+) has returned/.exec(request.text)?.[1];
        if (name !== undefined) this.#told(`call_${name}`);
      }
    }
  }

  #told(callId: string): void {
    const returned = this.#returned.get(callId);
    assert.ok(returned !== undefined, `an answer to ${callId}, which has not returned`);
    returned.told++;
  }
}

function ref({ id, itemId }: { readonly id: string; readonly itemId: string }) {
  return { responseId: id, itemId, contentIndex: 0 };
}
