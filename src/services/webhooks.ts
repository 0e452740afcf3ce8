export { openWebhooks } from "./webhooks/openWebhooks.ts";
export type { Webhooks } from "./webhooks/webhookDispatcher.ts";
