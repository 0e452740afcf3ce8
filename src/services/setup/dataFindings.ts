import type { Settings } from "../../config/settings.ts";
import { isShared } from "../../config/settings.ts";
import type { Finding } from "./setupCheck.ts";

/** Whether what happens in calls is kept. */
export function storeFinding(
  { database, records: { retentionDays } }: Pick<Settings, "database" | "records">,
  health: { readonly status: "ok" | "degraded"; readonly waiting?: number },
): Finding {
  if (health.status !== "ok") {
    return {
      code: "store_not_answering",
      state: "broken",
      text: "The database does not answer: {count} writes wait in memory.",
      remedy:
        "Start the database, or make room on its disk; nothing is lost until this server ends.",
      values: { count: String(health.waiting ?? 0) },
    };
  }
  if (!isShared(database)) {
    return {
      code: "store_in_memory",
      state: "warning",
      text: "Records are kept in memory, and lost when the server stops.",
      remedy: "Set DATABASE_URL=sqlite:./data/parley.db, or to a Postgres database.",
    };
  }
  const place = database.kind === "postgres" ? new URL(database.url).host : database.path;
  return retentionDays === undefined
    ? { code: "store_ok", state: "ok", text: "Records are kept in {place}.", values: { place } }
    : {
      code: "store_ok",
      state: "ok",
      text: "Records are kept in {place}, for {days} days.",
      values: { place, days: String(retentionDays) },
    };
}

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
