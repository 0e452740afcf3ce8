export { createWebhooks, type Webhooks } from "./webhooks/webhookDispatcher.ts";
