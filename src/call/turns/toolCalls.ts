import { earliest } from "../machine/wakeTimer.ts";
import type { ToolCall } from "../realtimeClient.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Milliseconds } from "../types.ts";

interface Running {
  readonly call: ToolCall;
  readonly responseId: string;
  readonly startedAt: Milliseconds;
  filled: boolean;
}

/** Ids are remembered to run each once; announcements of one call come close together. */
const MAX_SEEN = 500;
/** No response calls more than this many tools. */
const MAX_ANNOUNCED = 64;

/** A tool that has answered, and whether it was the last of those that its response called. */
interface Returned {
  readonly call: ToolCall;
  readonly startedAt: Milliseconds;
  readonly last: boolean;
  /** Whether it was the last, and the model is to say something about any of them. */
  readonly speaks: boolean;
}

/** The tools of one call: each runs once, and only for a response that completed. */
export class ToolCalls {
  readonly #announced = new Map<string, ToolCall[]>();
  readonly #running = new Map<string, Running>();
  readonly #beside = new Map<string, Pick<Returned, "call" | "startedAt">>();
  readonly #seen = new RecentIds(MAX_SEEN);
  /** Responses of whose tools the model is to speak when all have answered. */
  readonly #spoken = new Set<string>();

  get running(): number {
    return this.#running.size;
  }

  get runningIds(): readonly string[] {
    return [...this.#running.keys()];
  }

  get runningNames(): readonly string[] {
    return [...this.#running.values()].map(({ call }) => call.name);
  }

  announced(responseId: string, call: ToolCall): void {
    const calls = this.#announced.get(responseId) ?? [];
    if (calls.length >= MAX_ANNOUNCED) return;
    calls.push(call);
    this.#announced.set(responseId, calls);
  }

  hasAnnounced(responseId: string): boolean {
    return this.#announced.has(responseId);
  }

  /** Returns what a response called, each call once, however often it was announced. */
  called(responseId: string, listed: readonly ToolCall[]): readonly ToolCall[] {
    const announced = this.#announced.get(responseId) ?? [];
    this.#announced.delete(responseId);
    const calls: ToolCall[] = [];
    for (const call of [...announced, ...listed]) {
      if (this.#seen.has(call.callId)) continue;
      this.#seen.add(call.callId);
      calls.push(call);
    }
    return calls;
  }

  /** Whether a call has not been heard of yet; of one call that is said once. */
  isNew(callId: string): boolean {
    if (this.#seen.has(callId)) return false;
    this.#seen.add(callId);
    return true;
  }

  started(responseId: string, call: ToolCall, now: Milliseconds): void {
    this.#running.set(call.callId, { call, responseId, startedAt: now, filled: false });
  }

  /** A tool has answered, about which the model `speaks`; undefined if it was not waited for. */
  returned(callId: string, speaks: boolean): Returned | undefined {
    const one = this.#running.get(callId);
    if (one === undefined) return undefined;
    this.#running.delete(callId);
    const { call, responseId, startedAt } = one;
    if (speaks) this.#spoken.add(responseId);
    const last = [...this.#running.values()].every((other) => other.responseId !== responseId);
    return { call, startedAt, last, speaks: last && this.#spoken.delete(responseId) };
  }

  /** A running tool runs on beside the conversation, and its call is answered; returns as `returned` does. */
  sentOff(callId: string): Returned | undefined {
    const returned = this.returned(callId, true);
    if (returned !== undefined) this.#beside.set(callId, returned);
    return returned;
  }

  /** What was sent off has answered; undefined for what was not. */
  cameBack(callId: string): Pick<Returned, "call" | "startedAt"> | undefined {
    const one = this.#beside.get(callId);
    this.#beside.delete(callId);
    return one;
  }

  /** Since when any of those runs that a response waits for; undefined where none does. */
  get runningSince(): Milliseconds | undefined {
    return earliest(...[...this.#running.values()].map(({ startedAt }) => startedAt));
  }

  /** Whether any runs, be it beside the conversation. */
  get areAtWork(): boolean {
    return this.#running.size + this.#beside.size > 0;
  }

  responseOf(callId: string): string | undefined {
    return this.#running.get(callId)?.responseId;
  }

  /** The wait for what is running has been bridged. */
  bridgeSlow(): void {
    for (const one of this.#running.values()) one.filled = true;
  }

  /** When the wait for a tool is to be bridged for the first time. */
  slowAt(afterMs: Milliseconds): Milliseconds | undefined {
    let first: Milliseconds | undefined;
    for (const { filled, startedAt } of this.#running.values()) {
      if (!filled) first = earliest(first, startedAt + afterMs);
    }
    return first;
  }

  /** What a response announced before its connection was lost will never be run. */
  forgetAnnounced(): void {
    this.#announced.clear();
  }
}
