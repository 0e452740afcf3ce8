import type { CallEvent, TranscriptTurn } from "../../call/callEvent.ts";
import type { CallEnd } from "../../call/types.ts";
import {
  type AddressOf,
  addSavings,
  addUsage,
  CompactionSavings,
  type Prices,
  usageOfResponse,
  usageOfTranscription,
} from "../spending.ts";
import {
  type CallChanges,
  type CallContent,
  type CallEnding,
  type CallOutcome,
  type CallRecord,
  type CallSavings,
  type CallUsage,
  type CallWrite,
  type HandoffRecord,
  type NewCall,
  noUsage,
} from "../store.ts";
import { GreetingTurn } from "./greetingTurn.ts";
import { endingOf } from "./endingOf.ts";
import { PhoneMenuTally } from "./phoneMenuTally.ts";
import { ResponseUsages } from "./responseUsages.ts";
import { PersonTalks } from "./personTalks.ts";
import { present } from "../../utils/present.ts";

const NO_SAVINGS: CallSavings = { inputText: 0, inputAudio: 0, cachedText: 0, cachedAudio: 0 };
/** More turns than any conversation has. */
const MAX_LATENCIES = 5000;

/** The state of a live call from which its record and its totals are written. */
export class CallTally {
  /** Of a call that an earlier session began. */
  readonly #resumedFrom: number | undefined;
  /** As it is stored. */
  readonly #call: NewCall;
  readonly #unwritten = new Map<string, TranscriptTurn>();
  readonly #latenciesMs: number[] = [];
  #known: CallChanges = {};
  #usage: CallUsage = noUsage;
  readonly #compaction = new CompactionSavings();
  #savings: CallSavings | undefined;
  #usageWritten = true;
  #digits = 0;
  #handoffs: readonly HandoffRecord[] = [];
  readonly #greeting: GreetingTurn;
  #phoneMenu = new PhoneMenuTally();
  readonly #talks: PersonTalks;
  readonly #responses: ResponseUsages;

  /** With what is stored of a call that an earlier session began, goes on counting from there. */
  constructor(
    call: NewCall,
    prices: Prices,
    stored?: {
      readonly record: CallRecord;
      readonly content: Pick<
        CallContent,
        "latencies" | "responses" | "digits" | "handoffs" | "transfers"
      >;
    },
  ) {
    this.#call = call;
    this.#resumedFrom = stored?.record.startedAt;
    this.#greeting = new GreetingTurn({ isResumed: stored !== undefined });
    this.#talks = new PersonTalks(stored?.content.transfers);
    this.#responses = new ResponseUsages(prices, stored?.content.responses?.length);
    if (stored === undefined) return;
    const { record: { usage, savings, ...record }, content } = stored;
    const { answeredAt, outcome, answeredBy, callSid, model, transcriptionModel } = record;
    this.#known = present({
      ...{ answeredAt, outcome, answeredBy, callSid },
      // Of the agent that the call began with.
      ...{ model, transcriptionModel },
    });
    this.#usage = usage;
    this.#phoneMenu = new PhoneMenuTally(record.phoneMenu);
    this.#savings = savings;
    this.#latenciesMs.push(...content.latencies.map(({ totalMs }) => totalMs));
    this.#digits = content.digits.length;
    this.#handoffs = content.handoffs;
  }

  /** Whether another agent than the first has had the call. */
  get wasHandedOver(): boolean {
    return this.#handoffs.length > 0;
  }

  /** Applies what events do not say; returns the write. */
  change(changes: CallChanges): CallWrite {
    this.#known = { ...this.#known, ...changes };
    return { type: "changed", callId: this.#call.id, changes };
  }

  /** Another agent has the call, which is charged by these models. */
  handedTo(
    { from, to, version, reason, facts, summary, historyFrom }: Extract<
      CallEvent,
      { type: "handoff" }
    >,
    models: {
      readonly model?: string | undefined;
      readonly transcriptionModel?: string | undefined;
    },
    at: number,
  ): CallWrite {
    const atMs = Math.max(0, at - this.#call.startedAt);
    const { model, transcriptionModel } = models;
    const handoff: HandoffRecord = {
      atMs,
      from,
      to,
      ...present({ version, reason, facts, summary, historyFrom, model, transcriptionModel }),
      usageBefore: this.#usage,
    };
    const sequence = this.#handoffs.length;
    this.#handoffs = [...this.#handoffs, handoff];
    return { type: "handoff", callId: this.#call.id, sequence, handoff };
  }

  /** Applies an event; returns what is to be written at once. */
  apply(event: CallEvent, at: number): readonly CallWrite[] {
    const callId = this.#call.id;
    const atMs = Math.max(0, at - this.#call.startedAt);
    const saved = this.#compaction.follow(event);
    if (saved !== undefined) this.#savings = addSavings(this.#savings ?? NO_SAVINGS, saved);
    const phoneMenu = this.#phoneMenu.follow(event, atMs);
    if (phoneMenu !== undefined) return [{ type: "changed", callId, changes: { phoneMenu } }];
    switch (event.type) {
      case "connected":
        return [this.change({ status: "live", answeredAt: this.#known.answeredAt ?? at })];
      case "turn":
        if (event.turn.final) {
          this.#unwritten.delete(event.turn.id);
          const isGreeting = this.#greeting.is(event.turn);
          return [{ type: "turn", callId, turn: event.turn, isGreeting }];
        }
        this.#unwritten.set(event.turn.id, event.turn);
        return [];
      case "toolStarted":
        return [{ ...event, callId, startedMs: atMs }];
      case "toolEnded":
        return [{ ...event, callId, atMs }];
      case "recording": {
        const { type: _, ...status } = event;
        const { instanceId } = this.#call;
        return [{ type: "recording", callId, status, instanceId }];
      }
      case "mustHear":
        this.#greeting.mustBeHeard(event);
        return [{ ...event, callId }];
      case "redacted":
        return [{ ...event, callId }];
      case "listeningStarted":
      case "listeningEnded":
        return [{ ...event, callId, atMs }];
      case "optedOut": {
        const { by, words } = event;
        const optOut = { by, atMs, ...present({ words }) };
        return [{ type: "changed", callId, changes: { optOut } }];
      }
      case "transfer":
        this.#talks.follow(event, this.#agent, at);
        return [{ ...event, callId, at, agent: this.#agent }];
      case "latency": {
        if (this.#latenciesMs.length >= MAX_LATENCIES) return [];
        const sequence = this.#latenciesMs.push(event.latency.totalMs);
        return [{
          type: "latency",
          callId,
          itemId: event.itemId,
          sequence,
          latency: event.latency,
        }];
      }
      case "usage":
        this.#use(usageOfResponse(event.usage));
        return this.#responses.follow(event, { callId, atMs, model: this.#model });
      case "transcriptionUsage":
        this.#use(usageOfTranscription(event.usage));
        return [];
      case "closing":
        return [{
          type: "changed",
          callId,
          changes: { plannedEnd: event.end ?? null },
          holder: this.#call.instanceId,
        }];
      case "digits":
        return [{
          type: "digits",
          callId,
          sequence: ++this.#digits,
          atMs,
          ...(!event.sensitive && { digits: event.digits }),
        }];
      default:
        return [];
    }
  }

  /** Returns what has changed since the last call and may wait a second: unfinished turns, usage. */
  unwritten(): readonly CallWrite[] {
    const callId = this.#call.id;
    const writes: CallWrite[] = [...this.#unwritten.values()]
      .map((turn) => ({ type: "turn", callId, turn }));
    this.#unwritten.clear();
    if (!this.#usageWritten) {
      const holder = this.#call.instanceId;
      const changes = { usage: this.#usage, ...present({ savings: this.#savings }) };
      writes.push({ type: "changed", callId, changes, holder });
    }
    this.#usageWritten = true;
    return writes;
  }

  /** The terminal record, with latencies summed up and the cost. */
  end(
    end: CallEnd,
    { endedAt, durationMs, prices, outcome, addressOf }: {
      readonly endedAt: number;
      /** Absent for a call that had no session. */
      readonly durationMs?: number | undefined;
      readonly prices: Prices;
      readonly addressOf?: AddressOf | undefined;
      readonly outcome?: CallOutcome | undefined;
    },
  ): CallEnding {
    const { answeredAt } = this.#known;
    const connectedMs = answeredAt === undefined ? 0 : Math.max(0, endedAt - answeredAt);
    // A session that goes on with a call counts on from the words it finds, which may have been cut off.
    const longest = this.#resumedFrom === undefined ? Infinity : endedAt - this.#resumedFrom;
    return endingOf({
      ...this.#call,
      ...this.#known,
      usage: this.#usage,
      ...present({ savings: this.#savings }),
      outcome: outcome ?? this.#known.outcome,
      handoffs: this.#handoffs,
      talks: this.#talks,
    }, {
      end,
      endedAt,
      durationMs: Math.min(durationMs ?? connectedMs, Math.max(0, longest)),
      connectedMs,
      latenciesMs: this.#latenciesMs,
      prices,
      addressOf,
    });
  }

  /** Name of the agent that has the call. */
  get #agent(): string {
    return this.#handoffs.at(-1)?.to ?? this.#call.agent;
  }

  /** Of that agent. */
  get #model(): string | undefined {
    const last = this.#handoffs.at(-1);
    return last === undefined ? this.#known.model ?? this.#call.model : last.model;
  }

  #use(usage: CallUsage): void {
    this.#usage = addUsage(this.#usage, usage);
    this.#usageWritten = false;
  }
}
