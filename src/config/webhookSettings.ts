import { isLoopback } from "../utils/loopback.ts";
import { readWebhookSecret } from "../utils/webhookSignature.ts";
import type { SettingReader } from "./settingReader.ts";
import type { WebhookSettings } from "./settings.ts";

/** Whom to tell what happens in calls; nothing where nobody is named. */
export function readWebhook(read: SettingReader): WebhookSettings | undefined {
  const url = read.url("WEBHOOK_URL", ["https:", "http:"], "https://app.example.com/parley");
  const texts = read.list("WEBHOOK_SECRET");
  const secrets = texts.flatMap((text) => readWebhookSecret(text) ?? []);
  if (secrets.length < texts.length) {
    read.problem(
      'WEBHOOK_SECRET must be whsec_ and the base64 of 24 to 64 bytes: make one with echo "whsec_$(openssl rand -base64 32)".',
    );
  }
  if (url === undefined) return undefined;
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    read.problem("WEBHOOK_URL must begin with https://: what is sent there is private.");
  }
  if (url.username !== "" || url.password !== "") {
    read.problem("WEBHOOK_URL must not hold a password: messages are signed instead.");
  }
  if (texts.length === 0) {
    read.problem(
      'WEBHOOK_SECRET is missing, and WEBHOOK_URL is set: make one with echo "whsec_$(openssl rand -base64 32)".',
    );
  }
  return { url: url.href, secrets };
}
