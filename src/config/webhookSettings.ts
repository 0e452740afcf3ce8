import { readWebhookSecret } from "../utils/webhookSignature.ts";
import type { SettingReader } from "./settingReader.ts";
import type { WebhookSettings } from "./settings.ts";

/** Reads the secrets that webhooks and requests of HTTP tools are signed with. */
export function readSigningSecrets(read: SettingReader): readonly Uint8Array[] {
  const texts = read.list("WEBHOOK_SECRET");
  const secrets = texts.flatMap((text) => readWebhookSecret(text) ?? []);
  if (secrets.length < texts.length) {
    read.problem(
      'WEBHOOK_SECRET must be whsec_ and the base64 of 24 to 64 bytes: make one with echo "whsec_$(openssl rand -base64 32)".',
    );
  }
  return secrets;
}

/** Reads where webhooks are sent; undefined where no URL is set. */
export function readWebhook(
  read: SettingReader,
  secrets: readonly Uint8Array[],
): WebhookSettings | undefined {
  const url = read.url(
    "WEBHOOK_URL",
    "https://app.example.com/parley",
    ": it receives private data.",
  );
  if (url === undefined) return undefined;
  if (url.username !== "" || url.password !== "") {
    read.problem("WEBHOOK_URL must not hold a password: messages are signed instead.");
  }
  if (read.list("WEBHOOK_SECRET").length === 0) {
    read.problem(
      'WEBHOOK_SECRET is missing, and WEBHOOK_URL is set: make one with echo "whsec_$(openssl rand -base64 32)".',
    );
  }
  return { url: url.href, secrets };
}
