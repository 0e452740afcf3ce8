import type { Exchange } from "../networkContext.ts";
import { sendWebhook, type WebhookAnswer, type WebhookRequest } from "./webhook.ts";

/** What may go wrong with status callbacks on their way. */
export interface CallbackFaults {
  /** `shuffled` delivers each up to `lateMs` late, on its own; otherwise one waits for the other. */
  readonly order?: "inOrder" | "shuffled";
  readonly lateMs?: number;
  /** The share of callbacks delivered twice, and of those never delivered. */
  readonly duplicateRate?: number;
  readonly dropRate?: number;
}

/** Delivers the callbacks of one call. */
export interface CallbackSender {
  send(request: WebhookRequest, delivered: (answer: WebhookAnswer) => void): void;
  /** Resolves when everything sent so far has been delivered or given up. */
  settled(): Promise<void>;
}

/** Creates the sender for one call; nobody waits for it. */
export function createCallbackSender(exchange: Exchange): CallbackSender {
  const { order = "inOrder", lateMs = 2_000, duplicateRate = 0, dropRate = 0 } =
    exchange.callbackFaults;
  const underWay = new Set<Promise<void>>();
  let last: Promise<void> = Promise.resolve();

  function send(request: WebhookRequest, delivered: (answer: WebhookAnswer) => void): void {
    if (exchange.random() < dropRate) return;
    const copies = exchange.random() < duplicateRate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const before = order === "inOrder"
        ? last
        : exchange.clock.wait(exchange.random() * lateMs, exchange.signal);
      last = before.then(() => sendWebhook(exchange, request, exchange.signal))
        .then(delivered).catch(ignoreClosing);
      const delivery = last;
      underWay.add(delivery);
      delivery.finally(() => underWay.delete(delivery));
    }
  }

  function ignoreClosing(error: unknown): void {
    if (!exchange.signal.aborted) throw error;
  }

  async function settled(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return { send, settled };
}
