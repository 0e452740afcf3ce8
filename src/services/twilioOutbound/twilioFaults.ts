import { maskText } from "../../utils/logging/redaction.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { TwilioProblem } from "./twilioProblem.ts";
import type { Log } from "../../utils/logger.ts";

export interface TwilioFaultsDeps {
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn">;
}

const INCIDENT = "phone_network_refuses";
const MAX_CODES = 100;
const MAX_MESSAGE_CHARS = 300;

/** Codes that concern the whole account; resolved by any request that succeeds. */
const OF_THE_ACCOUNT = new Set(["10001", "10003", "10005", "20003", "20005", "20429"]);
/** Codes that concern placing calls; resolved by the next call that is placed. */
const OF_PLACING = new Set([
  "10004",
  "13227",
  "21210",
  "21212",
  "21213",
  "21215",
  "21218",
  "21262",
]);

/** Statuses of refusals whose message quotes one call's parameters; our own sentence says as much. */
const OF_ONE_CALL = new Set<number>([403, 404, 409, 422]);

export type TwilioFaults = ReturnType<typeof createTwilioFaults>;

/** Logs what Twilio refuses, counts it by code, and reports an incident where it concerns all calls. */
export function createTwilioFaults({ incidents, log }: TwilioFaultsDeps) {
  const counts = new Map<string, number>();
  const openIncidents = new Set<string>();
  let isAway = false;

  return {
    /** A request was refused, or not answered. */
    recordRefusal(problem: TwilioProblem): void {
      const { code, twilioCode, status, twilioMessage, moreInfo } = problem;
      const key = String(twilioCode ?? code);
      count(key);
      if (code === "provider_unreachable") return away(problem);
      answered();
      const reason = OF_ONE_CALL.has(status)
        ? problem.message
        : shown(twilioMessage) ?? problem.message;
      log.warn("Twilio refused a request", { code, twilioCode, status, reason, moreInfo });
      if (!OF_THE_ACCOUNT.has(key) && !OF_PLACING.has(key) && code !== "provider_credentials") {
        return;
      }
      openIncidents.add(key);
      incidents.report({
        code: INCIDENT,
        subject: key,
        message: `Twilio ${key}: ${reason}`,
        expiresAfterMs: Infinity,
      });
    },
    /** A request succeeded; `placed` where it created a call. */
    recordSuccess(placed: boolean): void {
      answered();
      for (const key of openIncidents) {
        if (OF_PLACING.has(key) && !placed) continue;
        openIncidents.delete(key);
        incidents.resolve(INCIDENT, key);
      }
    },
    /** A callback carried an error; its message quotes numbers and addresses of the call. */
    recordCallbackError(twilioCode: number, twilioMessage: string | undefined): void {
      count(String(twilioCode));
      const moreInfo = `https://www.twilio.com/docs/errors/${twilioCode}`;
      log.warn("Twilio reported an error", { twilioCode, reason: shown(twilioMessage), moreInfo });
    },
    /** By Twilio's code, or ours where there is none; `other` beyond the first hundred codes. */
    counts: (): ReadonlyMap<string, number> => counts,
  };

  /** Requests are repeated while Twilio is away: only the change is worth a line. */
  function away({ status, message: reason }: TwilioProblem): void {
    if (!isAway) log.warn("Twilio cannot be reached", { status, reason });
    isAway = true;
  }

  function answered(): void {
    if (isAway) log.info("Twilio can be reached again", {});
    isAway = false;
  }

  function count(key: string): void {
    const counted = counts.has(key) || counts.size < MAX_CODES ? key : "other";
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
}

/** The words in front of what Twilio quotes, such as the numbers and addresses that it refuses. */
function shown(message: string | undefined): string | undefined {
  if (message === undefined) return undefined;
  const words = maskText(message.slice(0, MAX_MESSAGE_CHARS)).trim().split(/\s+/);
  const until = words.findIndex((word) => !WORD.test(word));
  return until < 0 ? words.join(" ") : [...words.slice(0, until), "…"].join(" ");
}

const WORD = /^['"]?[\p{L}'’-]+['"]?[.,:;!?]?$/u;
