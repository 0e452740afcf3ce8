import type { Settings } from "../../config/settings.ts";
import { fixOf } from "./fixOf.ts";
import type { Finding } from "./setupCheck.ts";

/** Whether calls are recorded, and how; `recorded` are the agents that have them recorded. */
export function recordingsFinding(
  { recordings: { dir, keys } }: Pick<Settings, "recordings">,
  health: { readonly status: "ok" | "degraded"; readonly reason?: string },
  recorded: readonly string[],
): Finding {
  const agents = recorded.join(", ");
  if (recorded.length === 0) {
    return {
      code: "recordings_off",
      state: "off",
      text: "No agent records its calls.",
      remedy: "Write the part recording into an agent's file to keep how its calls sounded.",
    };
  }
  if (health.status !== "ok") {
    return {
      code: health.reason === "disk_full" ? "recording_disk_full" : "recordings_not_writable",
      state: "broken",
      text: health.reason === "disk_full"
        ? "Nothing is recorded: the disk has less room than RECORDING_MIN_FREE_MB."
        : "Nothing is recorded: the files of {dir} cannot be written.",
      remedy: "Make room on the disk, or let the server write to {dir}.",
      values: { dir },
    };
  }
  if (keys.length === 0) {
    return {
      code: "recordings_not_encrypted",
      state: "warning",
      text: "Calls of {agents} are recorded, not encrypted, in {dir}.",
      remedy: "Set RECORDING_KEY to 32 bytes in base64: openssl rand -base64 32.",
      fix: fixOf("add_recording_key"),
      values: { agents, dir },
    };
  }
  return {
    code: "recordings_ok",
    state: "ok",
    text: "Calls of {agents} are recorded, encrypted, in {dir}.",
    values: { agents, dir },
  };
}

/** Whether events are delivered elsewhere; `failed` have been given up. */
export function webhooksFinding(
  { webhook }: Pick<Settings, "webhook">,
  failed: number,
): Finding {
  if (webhook === undefined) {
    return {
      code: "webhooks_off",
      state: "off",
      text: "No other system is told of calls.",
      remedy: "Set WEBHOOK_URL and WEBHOOK_SECRET to have events delivered.",
    };
  }
  const values = { host: new URL(webhook.url).host, count: String(failed) };
  if (failed > 0) {
    return {
      code: "webhook_failed",
      state: "warning",
      text: "{host} did not take {count} events, which are no longer sent.",
      remedy: "Mend the endpoint, then send them again: GET /api/webhooks/deliveries lists them.",
      values,
    };
  }
  return { code: "webhook_ok", state: "ok", text: "Events are delivered to {host}.", values };
}
