import { signWebhook } from "../../utils/webhookSignature.ts";
import type { EventHub } from "../events.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { CallContent, CallRecord, Delivery, WebhookOutbox } from "../store.ts";
import { post, retryDelayMs } from "./webhookDelivery.ts";
import { endedMessage, type Message, messageOf, testMessage } from "./webhookMessages.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Tells the operator's own server what happens in calls: at least once each, signed, in no fixed order. */
export interface Webhooks {
  /** Tells of a call whose record is complete: that it will is sure when this has settled. */
  ended(call: CallRecord, content: CallContent): Promise<void>;
  /** Sends something harmless, to see whether it arrives; gives its id. */
  test(): Promise<string>;
  /** Sends a dead letter once more, with all its tries; false where there is none. */
  resend(id: string): Promise<boolean>;
  readonly counts: { readonly delivered: number; readonly failed: number; readonly dead: number };
  /** Stops sending; what is not delivered stays in the outbox. */
  close(): Promise<void>;
}

export interface WebhooksOptions {
  readonly url: string;
  /** The first of them is the one in use; others are still accepted by receivers, or not yet. */
  readonly secrets: readonly Uint8Array[];
  readonly events: Pick<EventHub, "subscribe">;
  readonly outbox: WebhookOutbox;
  /** The key that a call belongs to, asked while it is live. */
  readonly keyOf: (callId: string) => string | undefined;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
  readonly maxConcurrent?: number;
  readonly timeoutMs?: number;
  /** While the store fails, so many messages wait in memory. */
  readonly maxWaiting?: number;
}

/** How often to look for what other processes have left. */
const LOOK_MS = 30_000;
const STORE_RETRY_MS = 1000;

/** Starts telling; what an earlier process could not deliver is taken up. */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { url, secrets, events, outbox, keyOf, now, random, setTimer, log } = options;
  const { maxConcurrent = 8, timeoutMs = 10_000, maxWaiting = 10_000 } = options;
  const closing = new AbortController();
  const endpoint = new URL(url).origin;
  const counts = { delivered: 0, failed: 0, dead: 0 };
  const sending = new Set<Promise<void>>();
  let waiting: Message[] = [];
  let storing: Promise<void> | undefined;
  const pollLoop = createPollLoop(sendDue, setTimer);

  const subscription = events.subscribe(() => true, (published) => {
    const message = messageOf(published, keyOf(published.callId));
    if (message !== undefined) add(message);
  }, { maxQueued: 10_000 });

  function add(message: Message): void {
    if (waiting.length >= maxWaiting) {
      waiting.shift();
      log.warn("Webhook lost: the store does not answer", { eventType: message.eventType });
    }
    waiting.push(message);
    storing ??= store().finally(() => storing = undefined);
  }

  /** What happens while one transaction is under way goes into the next. */
  async function store(): Promise<void> {
    while (waiting.length > 0) {
      const messages = waiting.slice(0, 200);
      try {
        await outbox.enqueue(messages.map((message) => ({ ...message, endpoint })), now());
        // Some of them may have had to make room meanwhile: what is behind them has not been stored.
        const stored = new Set(messages);
        waiting = waiting.filter((message) => !stored.has(message));
        pollLoop.wake();
      } catch (error) {
        if (closing.signal.aborted) return;
        log.warn("Webhooks not stored", { waiting: waiting.length, error });
        await pause(STORE_RETRY_MS);
      }
    }
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = setTimer(resolve, delayMs);
      closing.signal.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }

  async function sendDue(): Promise<number | undefined> {
    try {
      const limit = maxConcurrent - sending.size;
      // Otherwise the end of one that is being sent leads here again.
      if (limit <= 0) return undefined;
      const due = await outbox.claim(now(), { limit, leaseMs: timeoutMs * 3 });
      due.forEach(begin);
      if (due.length === limit) return undefined;
      const next = await outbox.nextDue();
      if (next !== undefined) return Math.min(LOOK_MS, Math.max(50, next - now()));
    } catch (error) {
      log.warn("Webhook outbox not read", { error });
    }
    return LOOK_MS;
  }

  function begin(delivery: Delivery): void {
    const sent = send(delivery).catch((error) =>
      log.warn("Webhook result not stored", { id: delivery.id, error })
    ).finally(() => {
      sending.delete(sent);
      pollLoop.wake();
    });
    sending.add(sent);
  }

  async function send({ id, payload, attempts, eventType }: Delivery): Promise<void> {
    const headers = signWebhook({ id, payload }, { secrets, nowMs: now() });
    const { signal } = closing;
    const attempt = await post(url, { headers, payload, timeoutMs, signal, now });
    if (attempt.ok) {
      counts.delivered++;
      return await outbox.done(id);
    }
    // A server that stops has not tried: its lease runs out, and another goes on.
    if (signal.aborted) return;
    counts.failed++;
    const delayMs = attempt.final === true
      ? undefined
      : retryDelayMs(attempts, random(), attempt.retryAfterMs);
    log.warn("Webhook not delivered", { id, eventType, attempts, reason: attempt.error });
    if (delayMs === undefined) counts.dead++;
    const next = delayMs === undefined ? "dead" : { retryAt: now() + delayMs };
    await outbox.failed(id, attempt.error, next, now());
  }

  return {
    counts,
    async ended(call, content) {
      await outbox.enqueue([{ ...endedMessage(call, content), endpoint }], now());
      pollLoop.wake();
    },
    async test() {
      const message = testMessage(options.newId(), now());
      await outbox.enqueue([{ ...message, endpoint }], now());
      pollLoop.wake();
      return message.id;
    },
    async resend(id) {
      const found = await outbox.resend(id, now());
      if (found) pollLoop.wake();
      return found;
    },
    async close() {
      subscription.close();
      closing.abort();
      await Promise.all([storing, pollLoop.close(), ...sending]);
    },
  };
}
