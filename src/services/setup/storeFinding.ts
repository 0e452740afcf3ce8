import { isShared, type Settings } from "../../config/settings.ts";
import type { StoreCondition } from "../store.ts";
import type { Finding } from "./setupCheck.ts";

/** A caller waits for some questions before the first word. */
const SLOW_MS = 200;

/** Whether what happens in calls is kept. */
export function storeFinding(
  { database, records: { retentionDays } }: Pick<Settings, "database" | "records">,
  health: { readonly status: "ok" | "degraded"; readonly waiting?: number },
  condition: StoreCondition,
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
  const fault = faultOf(condition, place);
  if (fault !== undefined) return fault;
  return retentionDays === undefined
    ? { code: "store_ok", state: "ok", text: "Records are kept in {place}.", values: { place } }
    : {
      code: "store_ok",
      state: "ok",
      text: "Records are kept in {place}, for {days} days.",
      values: { place, days: String(retentionDays) },
    };
}

function faultOf(condition: StoreCondition, place: string): Finding | undefined {
  switch (condition.state) {
    case "absent":
      return undefined;
    case "unreachable":
      return {
        code: "store_unreachable",
        state: "broken",
        text: "The database {place} cannot be used. {reason}",
        remedy: "Start it, or correct DATABASE_URL.",
        values: { place, reason: condition.reason },
      };
    case "read_only":
      return {
        code: "store_not_writable",
        state: "broken",
        text: "Nothing can be written to the database {place}. {reason}",
        remedy: "Let the user who runs the server write to it, and make room on its disk.",
        values: { place, reason: condition.reason },
      };
    case "ready": {
      const { version, newest, latencyMs } = condition;
      if (version > newest) {
        return {
          code: "store_newer",
          state: "broken",
          text:
            "A newer program has changed the database {place} to version {version}; this one knows {newest}.",
          remedy: "Start the newer program again, or restore an older copy of the database.",
          values: { place, version, newest },
        };
      }
      if (latencyMs < SLOW_MS) return undefined;
      return {
        code: "store_slow",
        state: "warning",
        text: "The database {place} takes {ms} ms for an answer: calls begin late.",
        remedy: "Move the database nearer to the server, or onto a faster disk.",
        values: { place, ms: Math.round(latencyMs) },
      };
    }
  }
}
