export { openWebhooks } from "./webhooks/openWebhooks.ts";
export type { WebhookDispatcher } from "./webhooks/webhookDispatcher.ts";
