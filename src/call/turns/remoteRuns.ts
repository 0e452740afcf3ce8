import { RecentIds } from "../../utils/recentIds.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { Milliseconds } from "../types.ts";

/** Longer than any tool may take: what has not ended by then will not be waited for. */
const LONGEST_RUN_MS = 60_000;
/** Some models go on with what they were let run only when they are asked for a response. */
const NUDGE_AFTER_MS = 1500;
const MAX_RESPONSES = 64;
const MAX_RAN = 500;

interface Run {
  readonly since: Milliseconds;
  /** It is known to run, or a response has been asked for. */
  begun: boolean;
}

/** The tools that the model is running by itself, by the ids of their calls. */
export class RemoteRuns {
  readonly #runs = new Map<string, Run>();
  readonly #ran = new RecentIds(MAX_RAN);
  /** Responses that hold calls of such tools. */
  readonly #planned = new RecentIds(MAX_RESPONSES);
  /** Of these, those during which one has ended. */
  readonly #endedWithin = new RecentIds(MAX_RESPONSES);

  /** A response that is done with this has done something, whether it has spoken or not. */
  planned(responseId: string): void {
    this.#planned.add(responseId);
  }

  hasPlanned(responseId: string): boolean {
    return this.#planned.has(responseId);
  }

  /** `begun`: whether it is known to run; false for one that the model was just let run. */
  started(callId: string, begun: boolean, now: Milliseconds): void {
    const run = this.#runs.get(callId);
    this.#ran.add(callId);
    if (run === undefined) this.#runs.set(callId, { since: now, begun });
    else run.begun ||= begun;
  }

  /** Whether it runs, or did. */
  hasRun(callId: string): boolean {
    return this.#ran.has(callId);
  }

  get ids(): readonly string[] {
    return [...this.#runs.keys()];
  }

  /** Returns whether it was running. */
  ended(callId: string): boolean {
    return this.#runs.delete(callId);
  }

  /** One has ended while its response is running, which may go on to speak of it. */
  endedWithin(responseId: string): void {
    this.#endedWithin.add(responseId);
  }

  hasEndedWithin(responseId: string): boolean {
    return this.#endedWithin.has(responseId);
  }

  /** Returns what is not waited for any longer, and whether the model is to be asked for a response. */
  tick(now: Milliseconds): { readonly overdue: readonly string[]; readonly nudge: boolean } {
    const overdue: string[] = [];
    let nudge = false;
    for (const [callId, run] of this.#runs) {
      if (now >= run.since + LONGEST_RUN_MS) overdue.push(callId);
      else if (!run.begun && now >= run.since + NUDGE_AFTER_MS) nudge = run.begun = true;
    }
    return { overdue, nudge };
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(
      ...[...this.#runs.values()].map(({ since, begun }) =>
        since + (begun ? LONGEST_RUN_MS : NUDGE_AFTER_MS)
      ),
    );
  }
}
