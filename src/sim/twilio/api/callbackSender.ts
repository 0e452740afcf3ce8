import type { NetworkContext } from "../networkContext.ts";
import { sendWebhook, type WebhookAnswer, type WebhookRequest } from "./webhook.ts";

/** Delivers the callbacks of one call. */
export interface CallbackSender {
  send(request: WebhookRequest, onDelivered: (answer: WebhookAnswer) => void): void;
  /** Resolves when everything sent so far has been delivered or given up. */
  settled(): Promise<void>;
}

/** Creates the sender for one call; send() returns at once, delivery follows. */
export function createCallbackSender(context: NetworkContext): CallbackSender {
  const { order = "inOrder", lateMs = 2_000, duplicateRate = 0, dropRate = 0 } =
    context.callbackFaults;
  const underWay = new Set<Promise<void>>();
  let last: Promise<void> = Promise.resolve();

  function send(request: WebhookRequest, onDelivered: (answer: WebhookAnswer) => void): void {
    if (context.random() < dropRate) return;
    const copies = context.random() < duplicateRate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const before = order === "inOrder"
        ? last
        : context.clock.wait(context.random() * lateMs, context.signal);
      last = before.then(() => sendWebhook(context, request, context.signal))
        .then(onDelivered).catch(ignoreClosing);
      const delivery = last;
      underWay.add(delivery);
      delivery.finally(() => underWay.delete(delivery));
    }
  }

  function ignoreClosing(error: unknown): void {
    if (!context.signal.aborted) throw error;
  }

  async function settled(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return { send, settled };
}
