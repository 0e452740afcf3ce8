import { earliest } from "./earliest.ts";
import type { ResponseStatus, ToolCall } from "./realtimeClient.ts";
import { RecentIds } from "./recentIds.ts";
import type { Milliseconds } from "./types.ts";

interface Running {
  readonly call: ToolCall;
  readonly responseId: string;
  readonly startedAt: Milliseconds;
  filled: boolean;
}

/** Ids are remembered to run each once; announcements of one call come close together. */
const MAX_SEEN = 500;

/** A tool that has answered, and whether it was the last of those that its response called. */
export interface Returned {
  readonly call: ToolCall;
  readonly startedAt: Milliseconds;
  readonly last: boolean;
}

/** The tools of one call: each runs once, and only for a response that completed. */
export class ToolCalls {
  readonly #announced = new Map<string, ToolCall[]>();
  readonly #running = new Map<string, Running>();
  readonly #seen = new RecentIds(MAX_SEEN);

  get running(): number {
    return this.#running.size;
  }

  get runningIds(): readonly string[] {
    return [...this.#running.keys()];
  }

  announced(responseId: string, call: ToolCall): void {
    const calls = this.#announced.get(responseId) ?? [];
    calls.push(call);
    this.#announced.set(responseId, calls);
  }

  /** Gives the calls to run now, each once whatever number of times it was announced. */
  responseDone(
    responseId: string,
    status: ResponseStatus,
    listed: readonly ToolCall[],
    now: Milliseconds,
  ): readonly ToolCall[] {
    const announced = this.#announced.get(responseId) ?? [];
    this.#announced.delete(responseId);
    if (status !== "completed") return [];
    const calls: ToolCall[] = [];
    for (const call of [...announced, ...listed]) {
      if (this.#seen.has(call.callId)) continue;
      this.#seen.add(call.callId);
      this.#running.set(call.callId, { call, responseId, startedAt: now, filled: false });
      calls.push(call);
    }
    return calls;
  }

  /** A tool has answered; undefined if it was not waited for. */
  returned(callId: string): Returned | undefined {
    const one = this.#running.get(callId);
    if (one === undefined) return undefined;
    this.#running.delete(callId);
    const { call, responseId, startedAt } = one;
    const last = [...this.#running.values()].every((other) => other.responseId !== responseId);
    return { call, startedAt, last };
  }

  /** Whether a tool has been running for longer than `afterMs`; true once for each lot of tools. */
  takeSlow(afterMs: Milliseconds, now: Milliseconds): boolean {
    const slow = [...this.#running.values()].some((one) =>
      !one.filled && now >= one.startedAt + afterMs
    );
    if (slow) { for (const one of this.#running.values()) one.filled = true; }
    return slow;
  }

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
