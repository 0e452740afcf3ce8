import { type CallFacts, isOver, rfc2822, webhookParams } from "./callFacts.ts";
import type { CallbackSender } from "./callbackSender.ts";
import type { PhoneEventDetail } from "../call/callEvents.ts";
import type { HttpMethod } from "../twiml/verbs.ts";

/** The steps of a call that may be reported. */
export type StatusCallbackEvent = "initiated" | "ringing" | "answered" | "completed";

/** Where status callbacks go, and for which steps. */
export interface CallbackTarget {
  readonly url: string;
  readonly method: HttpMethod;
  readonly events: readonly string[];
}

/** Sends the status callbacks of one call, numbered from 0. */
export class StatusReporter {
  #sequence = 0;

  constructor(
    readonly target: CallbackTarget | undefined,
    readonly sender: CallbackSender,
    readonly onEvent: (event: PhoneEventDetail) => void,
  ) {}

  report(kind: StatusCallbackEvent, facts: CallFacts): void {
    if (this.target === undefined || !this.target.events.includes(kind)) return;
    const params = {
      ...webhookParams(facts),
      ...(kind === "initiated" ? { CallStatus: "initiated" } : {}),
      ...(isOver(facts.status) ? durations(facts) : {}),
      Timestamp: rfc2822(new Date()),
      CallbackSource: "call-progress-events",
      SequenceNumber: String(this.#sequence++),
    };
    this.deliver(kind, this.target.url, this.target.method, params);
  }

  /** Sends any callback of the call; a refusal is a warning in Twilio's debugger, no more. */
  deliver(
    kind: string,
    url: string,
    method: HttpMethod,
    params: Readonly<Record<string, string>>,
  ): void {
    this.sender.send({ url, method, params }, ({ status, error }) => {
      this.onEvent({ type: "callback", kind, status });
      if (error === undefined) return;
      const message = `The ${kind} callback failed: ${error.message}`;
      this.onEvent({ type: "error", error: { code: 15003, message } });
    });
  }
}

function durations({ durationSeconds = 0 }: CallFacts): Record<string, string> {
  return {
    CallDuration: String(durationSeconds),
    Duration: String(Math.ceil(durationSeconds / 60)),
  };
}
