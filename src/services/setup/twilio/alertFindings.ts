import { alertSentence, concernsServer, type TwilioAlert } from "../../twilioOutbound.ts";
import type { Finding } from "../setupCheck.ts";

/** What is told: the codes that came last. */
const MAX_CODES = 8;
/** How many Twilio sends at once. */
const PAGE = 100;

/**
 * What Twilio's debugger has of the last day, a finding for each error. What concerns an address of another
 * application of the account is not told, nor are texts where no agent sends any; of what names no address, nobody
 * can say whose it is. Numbers, addresses and texts are never told.
 */
export function alertFindings(
  alerts: readonly TwilioAlert[],
  { publicUrl, sendsTexts }: {
    readonly publicUrl: string;
    /** Whether an agent may. */
    readonly sendsTexts: boolean;
  },
): readonly Finding[] {
  const ours = alerts.filter((alert) =>
    concernsServer(alert, publicUrl) && (alert.url !== "" || sendsTexts || !isOfTexts(alert.code))
  );
  const byCode = Map.groupBy(ours, ({ code }) => code);
  const found = [...byCode].map(([code, group]) => ({
    code,
    count: group.length,
    at: Math.max(...group.map(({ at }) => at)),
  })).sort((a, b) => b.at - a.at);
  if (found.length === 0) {
    return [{
      code: "twilio_alerts_ok",
      state: "ok",
      text: "Twilio has reported no error in the last 24 hours.",
    }];
  }
  return found.slice(0, MAX_CODES).map(({ code, count, at }) => ({
    code: "twilio_alert",
    state: "warning",
    text: "Twilio has reported error {code} in the last 24 hours ({count} ×, the latest at {at}).",
    remedy: alertSentence(code),
    values: {
      // As a number, it would be shown with a separator.
      code: String(code),
      count: alerts.length >= PAGE ? `≥ ${count}` : count,
      at: `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    },
  }));
}

function isOfTexts(code: number): boolean {
  return code >= 30_000 && code < 31_000;
}
