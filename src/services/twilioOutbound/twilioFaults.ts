import { maskText } from "../../utils/redaction.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { TwilioProblem } from "./twilioProblem.ts";
import type { Log } from "../../utils/logger.ts";

/** Tells of what Twilio refuses: in the log, in numbers by code, and as an incident where it lasts. */
export interface TwilioFaults {
  /** A request was refused, or was not answered. */
  refused(problem: TwilioProblem): void;
  /** A request was done; `placed` where it was for a call. */
  done(placed: boolean): void;
  /** A callback told of an error, by Twilio's number and in its words. */
  reported(code: number, words: string | undefined): void;
  /** By Twilio's code, or by ours where there is none; `other` beyond the first hundred. */
  counts(): ReadonlyMap<string, number>;
}

export interface TwilioFaultsDeps {
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "warn">;
}

const INCIDENT = "phone_network_refuses";
const MAX_CODES = 100;
const MAX_WORDS = 300;

/** Codes that concern the whole account; resolved by any request that succeeds. */
const OF_THE_ACCOUNT: ReadonlySet<string> = new Set([
  ...["10001", "10003", "10005", "20003", "20005", "20429"],
]);
/** Codes that concern placing calls; resolved by the next call that is placed. */
const OF_PLACING: ReadonlySet<string> = new Set([
  ...["10004", "13227", "21210", "21212", "21213", "21215", "21262"],
]);

/** Statuses of refusals whose words quote what one call was placed with; our own sentence says as much. */
const OF_ONE_CALL: ReadonlySet<number> = new Set([403, 404, 409, 422]);

export function createTwilioFaults({ incidents, log }: TwilioFaultsDeps): TwilioFaults {
  const counts = new Map<string, number>();
  const standing = new Set<string>();

  return {
    refused(problem) {
      const { code, twilioCode, status, words, moreInfo } = problem;
      const key = String(twilioCode ?? code);
      count(key);
      const reason = OF_ONE_CALL.has(status) ? problem.sentence : shown(words) ?? problem.sentence;
      log.warn("Twilio refused a request", { code, twilioCode, status, reason, moreInfo });
      if (!OF_THE_ACCOUNT.has(key) && !OF_PLACING.has(key) && code !== "provider_credentials") {
        return;
      }
      standing.add(key);
      incidents.report({
        code: INCIDENT,
        subject: key,
        message: `Twilio ${key}: ${reason}`,
        expiresAfterMs: Infinity,
      });
    },
    done(placed) {
      for (const key of standing) {
        if (OF_PLACING.has(key) && !placed) continue;
        standing.delete(key);
        incidents.resolve(INCIDENT, key);
      }
    },
    reported(twilioCode, words) {
      count(String(twilioCode));
      log.warn("Twilio reported an error", { twilioCode, reason: shown(words) });
    },
    counts: () => counts,
  };

  function count(key: string): void {
    const counted = counts.has(key) || counts.size < MAX_CODES ? key : "other";
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
}

/** Twilio quotes the numbers that it refuses. */
function shown(words: string | undefined): string | undefined {
  return words && maskText(words.slice(0, MAX_WORDS)).replaceAll(/\d{6,}/g, "…");
}
