import type { TextMessage } from "../store.ts";

/** A text message as the API and webhooks show it: all members are present, null where unknown. */
export function viewText({ sentAt, changedAt, errorCode, sid, ...message }: TextMessage) {
  return {
    ...message,
    errorCode: errorCode ?? null,
    sid: sid ?? null,
    sentAt: new Date(sentAt).toISOString(),
    changedAt: new Date(changedAt).toISOString(),
  };
}
