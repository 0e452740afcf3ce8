import type { CallRegistry } from "../../call/registry.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import type { Calendar } from "../calendar.ts";
import type { EventHub } from "../events.ts";
import type { CompletionDispatcher, MessageBox, Records } from "../records.ts";
import type { Texts } from "../sms.ts";
import type { Store } from "../store.ts";
import { createWebhookDispatcher, type WebhookDispatcher } from "./webhookDispatcher.ts";

export interface OpenWebhooksDeps extends Clock {
  readonly settings: Pick<Settings, "webhook">;
  readonly events: EventHub;
  readonly registry: Pick<CallRegistry, "get">;
  readonly completion: Pick<CompletionDispatcher, "onComplete">;
  readonly records: Pick<Records, "onRecorded">;
  readonly messageBox: Pick<MessageBox, "onTaken">;
  readonly texts: Pick<Texts, "onChanged"> | undefined;
  readonly calendar: Pick<Calendar, "onOutbox">;
  readonly store: Pick<Store, "outbox" | "calendar">;
  readonly log: Log;
}

/** No call books more. */
const MAX_APPOINTMENTS = 100;

/** Delivers call events to the URL of the settings; undefined where none is set. */
export function openWebhooks(
  { settings: { webhook }, events, registry, completion, messageBox, texts, store, ...deps }:
    OpenWebhooksDeps,
): (WebhookDispatcher & AsyncDisposable) | undefined {
  if (webhook === undefined) return undefined;
  const { now, setTimer, log } = deps;
  const webhooks = createWebhookDispatcher({
    ...webhook,
    events,
    outbox: store.outbox,
    keyOf: (callId) => registry.get(callId)?.request.keyName,
    newId: () => newId("evt"),
    now,
    random: Math.random,
    setTimer,
    log,
  });
  completion.onComplete(async (call, content) => {
    const appointments = await store.calendar.list({ callId: call.id, limit: MAX_APPOINTMENTS });
    await webhooks.enqueueEnded(call, content, appointments);
  });
  deps.records.onRecorded(webhooks.enqueueRecorded);
  messageBox.onTaken(webhooks.enqueueTaken);
  texts?.onChanged(webhooks.enqueueText);
  deps.calendar.onOutbox(webhooks.wake);
  return { ...webhooks, [Symbol.asyncDispose]: webhooks.close };
}
