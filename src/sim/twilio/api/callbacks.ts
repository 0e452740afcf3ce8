import type { PhoneEventDetail } from "../call/callEvents.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";
import { type CallFacts, isOver, rfc2822, webhookParams } from "./callFacts.ts";
import { sendWebhook, type WebhookAnswer, type WebhookRequest } from "./webhook.ts";

/** The steps of a call that may be reported. */
export type StatusCallbackEvent = "initiated" | "ringing" | "answered" | "completed";

/** Where status callbacks go, and for which steps. */
export interface CallbackTarget {
  readonly url: string;
  readonly method: HttpMethod;
  readonly events: readonly string[];
}

/** Sends the callbacks of one call, with the network's faults; the status ones are numbered from 0. */
export class Callbacks {
  readonly #context: NetworkContext;
  readonly #target: CallbackTarget | undefined;
  readonly #onEvent: (event: PhoneEventDetail) => void;
  readonly #underWay = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #sequence = 0;

  constructor(
    context: NetworkContext,
    target: CallbackTarget | undefined,
    onEvent: (event: PhoneEventDetail) => void,
  ) {
    this.#context = context;
    this.#target = target;
    this.#onEvent = onEvent;
  }

  /** Sends the status callback of a step, where it was asked for. */
  reportStatus(kind: StatusCallbackEvent, facts: CallFacts): void {
    if (this.#target === undefined || !this.#target.events.includes(kind)) return;
    const { url, method } = this.#target;
    const params = {
      ...webhookParams(facts),
      ...(kind === "initiated" ? { CallStatus: "initiated" } : {}),
      ...(isOver(facts.status) ? durations(facts) : {}),
      Timestamp: rfc2822(new Date()),
      CallbackSource: "call-progress-events",
      SequenceNumber: String(this.#sequence++),
    };
    this.send(kind, { url, method, params });
  }

  /**
   * Sends any callback of the call and returns at once. A refusal is a warning in Twilio's debugger,
   * no more.
   */
  send(kind: string, request: WebhookRequest): void {
    const { callbackFaults, clock, random, signal } = this.#context;
    const { order = "inOrder", lateMs = 2_000, duplicateRate = 0, dropRate = 0 } = callbackFaults;
    if (random() < dropRate) return;
    const copies = random() < duplicateRate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const before = order === "inOrder" ? this.#last : clock.wait(random() * lateMs, signal);
      const delivery = before.then(() => sendWebhook(this.#context, request, signal))
        .then((answer) => this.#onDelivered(kind, answer))
        .catch((error) => {
          if (!signal.aborted) throw error;
        });
      this.#last = delivery;
      this.#underWay.add(delivery);
      delivery.finally(() => this.#underWay.delete(delivery));
    }
  }

  /** Resolves when everything sent so far has been delivered or given up. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #onDelivered(kind: string, { status, error }: WebhookAnswer): void {
    this.#onEvent({ type: "callback", kind, status });
    if (error === undefined) return;
    const message = `The ${kind} callback failed: ${error.message}`;
    this.#onEvent({ type: "error", error: { code: 15003, message } });
  }
}

function durations({ durationSeconds = 0 }: CallFacts): Record<string, string> {
  return {
    CallDuration: String(durationSeconds),
    Duration: String(Math.ceil(durationSeconds / 60)),
  };
}
