import { signWebhook } from "../../utils/webhookSignature.ts";
import { sleep } from "../../utils/sleep.ts";
import type { EventHub } from "../events.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type {
  Appointment,
  CallAnalysis,
  CallContent,
  CallRecord,
  Delivery,
  Message as CallerMessage,
  RecordingRecord,
  TextMessage,
  WebhookOutbox,
} from "../store.ts";
import { post, retryDelayMs } from "./webhookDelivery.ts";
import {
  analyzedMessage,
  batchMessage,
  type BatchNews,
  endedMessage,
  type Message,
  messageOf,
  recordingMessage,
  takenMessage,
  testMessage,
  textMessage,
} from "./webhookMessages.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface WebhookDispatcherOptions extends Clock {
  readonly url: string;
  /** Messages are signed with each of them; the others are still, or not yet, known to receivers. */
  readonly secrets: readonly Uint8Array[];
  readonly events: Pick<EventHub, "subscribe">;
  readonly outbox: WebhookOutbox;
  /** The API key that a call belongs to; called while it is live. */
  readonly keyOf: (callId: string) => string | undefined;
  readonly newId: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Pick<Log, "warn">;
  readonly maxConcurrent?: number;
  readonly timeoutMs?: number;
  /** While the store fails, at most so many messages wait in memory. */
  readonly maxWaiting?: number;
}

/** How often to poll for messages that other processes have left. */
const POLL_MS = 30_000;
const STORE_RETRY_MS = 1000;

/** Delivers events to the operator's server: signed, at least once each, in no fixed order. */
export type WebhookDispatcher = ReturnType<typeof createWebhookDispatcher>;

/** Starts delivering, beginning with what earlier processes could not deliver. */
export function createWebhookDispatcher(options: WebhookDispatcherOptions) {
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
    if (message !== undefined) enqueue(message);
  }, { maxQueued: 10_000 });

  function enqueue(message: Message): void {
    if (waiting.length >= maxWaiting) {
      waiting.shift();
      log.warn("Webhook lost: the store does not answer", { eventType: message.eventType });
    }
    waiting.push(message);
    storing ??= store().finally(() => storing = undefined);
  }

  /** Messages that come during one transaction go into the next. */
  async function store(): Promise<void> {
    while (waiting.length > 0) {
      const messages = waiting.slice(0, 200);
      try {
        await outbox.enqueue(messages.map((message) => ({ ...message, endpoint })), now());
        // Some of them may have been dropped since, so that positions in `waiting` have changed.
        const stored = new Set(messages);
        waiting = waiting.filter((message) => !stored.has(message));
        pollLoop.wake();
      } catch (error) {
        if (closing.signal.aborted) return;
        log.warn("Webhooks not stored", { waiting: waiting.length, error });
        await sleep(STORE_RETRY_MS, { signal: closing.signal, setTimer });
      }
    }
  }

  async function storeNow(message: Message): Promise<void> {
    await outbox.enqueue([{ ...message, endpoint }], now());
    pollLoop.wake();
  }

  async function sendDue(): Promise<number | undefined> {
    try {
      const limit = maxConcurrent - sending.size;
      // At the limit, the end of a delivery wakes the loop.
      if (limit <= 0) return undefined;
      const due = await outbox.claim(now(), { limit, leaseMs: timeoutMs * 3 });
      due.forEach(startSending);
      if (due.length === limit) return undefined;
      const next = await outbox.nextDue();
      if (next !== undefined) return Math.min(POLL_MS, Math.max(50, next - now()));
    } catch (error) {
      log.warn("Webhook outbox not read", { error });
    }
    return POLL_MS;
  }

  function startSending(delivery: Delivery): void {
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
      return await outbox.markDelivered(id);
    }
    // Interrupted by `close`: its lease runs out, and another process sends it.
    if (signal.aborted) return;
    counts.failed++;
    const delayMs = attempt.final === true
      ? undefined
      : retryDelayMs(attempts, random(), attempt.retryAfterMs);
    log.warn("Webhook not delivered", { id, eventType, attempts, reason: attempt.error });
    if (delayMs === undefined) counts.dead++;
    const next = delayMs === undefined ? "dead" : { retryAt: now() + delayMs };
    await outbox.markFailed(id, attempt.error, next, now());
  }

  return {
    counts,
    /** Enqueues the `call.ended` of a complete record; durable when the promise settles. */
    enqueueEnded: (
      call: CallRecord,
      content: CallContent,
      appointments: readonly Appointment[] = [],
    ): Promise<void> => storeNow(endedMessage(call, content, appointments)),
    /** Enqueues the `recording.ready` of a recording that is whole; durable when the promise settles. */
    enqueueRecorded: (
      call: CallRecord,
      recording: RecordingRecord,
      redactedSpans: CallContent["redactedSpans"],
    ): Promise<void> => storeNow(recordingMessage(call, recording, redactedSpans)),
    /** Enqueues the `message.taken` of what a caller has left; durable when the promise settles. */
    enqueueTaken: (taken: CallerMessage): Promise<void> => storeNow(takenMessage(taken)),
    /** Enqueues the `sms.delivered` or `sms.failed` of a message whose last step this is. */
    async enqueueText(changed: TextMessage): Promise<void> {
      const message = textMessage(changed);
      if (message !== undefined) await storeNow(message);
    },
    /** Enqueues the `call.analyzed` of a run that is over. */
    enqueueAnalyzed: (call: CallRecord, analysis: CallAnalysis): Promise<void> =>
      storeNow(analyzedMessage(call, analysis)),
    /** Enqueues what became of a batch; durable when the promise settles. */
    enqueueBatch: (news: BatchNews): Promise<void> => storeNow(batchMessage(news)),
    /** Looks for what others have enqueued. */
    wake: (): void => pollLoop.wake(),
    /** Sends a `webhook.test`; resolves with its id. */
    async sendTest(): Promise<string> {
      const message = testMessage(options.newId(), now());
      await storeNow(message);
      return message.id;
    },
    /** Sends a dead letter again, with all its attempts; false where there is none of this id. */
    async resend(id: string): Promise<boolean> {
      const found = await outbox.resend(id, now());
      if (found) pollLoop.wake();
      return found;
    },
    /** Stops sending; undelivered messages stay in the outbox. */
    async close(): Promise<void> {
      subscription.close();
      closing.abort();
      await Promise.all([storing, pollLoop.close(), ...sending]);
    },
  };
}
