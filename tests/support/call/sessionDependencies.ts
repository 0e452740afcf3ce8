import type { JournalEntry } from "../../../src/call/journal.ts";
import type {
  SessionDependencies,
  SessionOptions,
  ToolOutcome,
} from "../../../src/call/session.ts";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import type { TransferOrder, TransferRef } from "../../../src/call/transfer.ts";
import type { ToolCall } from "../../../src/call/realtimeClient.ts";
import type { CallRequest } from "../../../src/call/types.ts";
import { policy } from "../twilio/policy.ts";
import { ScriptedModel } from "./scriptedModel.ts";

/** What a session depends on, in virtual time; records what it was given. */
export class RecordingDependencies implements SessionDependencies {
  readonly models: ScriptedModel[] = [];
  readonly tools: { call: ToolCall; signal: AbortSignal; answer(result: ToolOutcome): void }[] = [];
  readonly events: CallEvent[] = [];
  readonly faults: unknown[] = [];
  readonly entries: JournalEntry[] = [];
  readonly digits: string[] = [];
  readonly transfers: TransferRef[] = [];
  readonly #timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  time = 0;

  get timers(): number {
    return this.#timers.size;
  }

  get model(): ScriptedModel {
    const model = this.models.at(-1);
    if (model === undefined) throw new Error("Cannot use the model: none was opened");
    return model;
  }

  /** Lets time pass and runs what becomes due. */
  pass(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.wake();
    }
    this.time = until;
  }

  transfer(_session: unknown, order: TransferOrder): void {
    if (order.type === "transfer") this.transfers.push(order.transfer);
  }

  openModel: SessionDependencies["openModel"] = (setup, sink) => {
    const model = new ScriptedModel(setup, sink);
    this.models.push(model);
    return model;
  };

  runTool(_session: unknown, call: ToolCall, signal: AbortSignal): Promise<ToolOutcome> {
    return new Promise((answer) => this.tools.push({ call, signal, answer }));
  }

  sendDigits(_session: unknown, digits: string): void {
    this.digits.push(digits);
  }

  publish(_session: unknown, event: CallEvent): void {
    this.events.push(event);
  }

  onError(_session: unknown, error: unknown): void {
    this.faults.push(error);
  }

  now(): number {
    return this.time;
  }

  setTimer(wake: () => void, delayMs: number): () => void {
    const timer = { at: this.time + delayMs, wake };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  journal(_session: unknown, entry: JournalEntry): void {
    this.entries.push(entry);
  }
}

export const request: CallRequest = {
  direction: "inbound",
  agent: "receptionist",
  callSid: "CA1",
};

export function sessionOptions(changes: Parameters<typeof policy>[0] = {}): SessionOptions {
  return { id: "call_1", request, ...description(changes) };
}

export function description(
  changes: Parameters<typeof policy>[0] = {},
): Pick<SessionOptions, "policy" | "setup"> {
  return {
    policy: policy(changes),
    setup: {
      model: "gpt-realtime-2.1",
      instructions: "Be kind.",
      format: "pcmu",
      turnDetection: { kind: "server", interrupts: true },
      tools: [],
    },
  };
}
