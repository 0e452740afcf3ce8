import { type ApiAnswer, found, notFound, refused } from "../api/apiAnswer.ts";
import type { CallFacts } from "../api/callFacts.ts";
import { refuse } from "../api/createForm.ts";
import type { PhoneError } from "../call/callEvents.ts";
import type { AccountAlert, AccountState } from "./accountState.ts";

/** A call, as far as the debugger tells of it. */
interface FailingCall {
  readonly sid: string;
  readonly facts: Pick<CallFacts, "createdAt">;
  readonly errors: readonly PhoneError[];
}

/**
 * Creates the parts of Twilio's APIs that tell of an account: itself, its balance, verified caller IDs, countries,
 * alerts, trunks and the campaign for texts. Those of other hosts than api.twilio.com are told by their paths.
 */
export function createAccountApi(
  accountSid: string,
  state: () => AccountState,
  calls: () => readonly FailingCall[],
  /** The digits of a number of the account, by its SID. */
  numberOf: (sid: string) => string | undefined,
) {
  const root = `/2010-04-01/Accounts/${accountSid}`;

  /**
   * Answers a request of which the whole path is given; undefined where it is of another part. An API key of the
   * standard kind may not read the account itself.
   */
  function handle(
    method: string,
    path: string,
    query: URLSearchParams,
    isApiKey: boolean,
  ): ApiAnswer | undefined {
    const { type, status, createdAt, credentials, balance, callerIds, trunks } = state();
    if (credentials === "test" && method === "GET") {
      return refused(refuse(20008, "Resource not accessible with Test Account Credentials"));
    }
    if (path === `${root}.json`) {
      if (isApiKey) return refused(refuse(20003, "Authenticate"));
      const date_created = new Date(createdAt).toUTCString().replace("GMT", "+0000");
      return found({ sid: accountSid, friendly_name: "A shop", type, status, date_created });
    }
    if (path === `${root}/Balance.json`) {
      return balance === undefined
        ? notFound(path)
        : found({ account_sid: accountSid, balance, currency: "USD" });
    }
    if (path === `${root}/OutgoingCallerIds.json`) {
      const wanted = query.get("PhoneNumber");
      const ids = callerIds.filter((number) => wanted === null || number === wanted);
      return found({
        outgoing_caller_ids: ids.map((phone_number) => ({ phone_number })),
        page: 0,
        next_page_uri: null,
      });
    }
    const country = /^\/v1\/DialingPermissions\/Countries\/([A-Z]{2})$/.exec(path)?.[1];
    if (country !== undefined) return countryOf(country);
    if (path === "/v1/Alerts" && method === "GET") return alertsOf(query);
    const trunk = /^\/v1\/Trunks\/(TK[0-9a-f]{32})$/.exec(path)?.[1];
    if (trunk !== undefined) {
      const known = trunks.find(({ sid }) => sid === trunk);
      return known === undefined
        ? notFound(path)
        : found({ sid: trunk, friendly_name: known.name });
    }
    return path.startsWith("/v1/Services") ? messagingOf(path) : undefined;
  }

  function messagingOf(path: string): ApiAnswer {
    const { services, campaign } = state();
    if (path === "/v1/Services") {
      return found({ services: services.map(({ sid }) => ({ sid, friendly_name: "Texts" })) });
    }
    const [, service, rest] = /^\/v1\/Services\/(MG[0-9a-f]{32})\/(.+)$/.exec(path) ?? [];
    if (rest === "Compliance/Usa2p") {
      return found({ compliance: campaign === undefined ? [] : [{ campaign_status: campaign }] });
    }
    if (rest === "PhoneNumbers") {
      const known = services.find(({ sid }) => sid === service);
      return known === undefined
        ? notFound(path)
        : found({ phone_numbers: known.numbers.map((phone_number) => ({ phone_number })) });
    }
    const numberSid = /^PhoneNumbers\/(PN[0-9a-f]{32})$/.exec(rest ?? "")?.[1];
    const number = numberSid === undefined ? undefined : numberOf(numberSid);
    const has = services.some(({ sid, numbers }) =>
      sid === service && number !== undefined && numbers.includes(number)
    );
    return has ? found({ sid: numberSid, phone_number: number }) : notFound(path);
  }

  function countryOf(iso: string): ApiAnswer {
    const isOpen = state().countries.includes(iso);
    return found({
      iso_code: iso,
      low_risk_numbers_enabled: isOpen,
      high_risk_special_numbers_enabled: false,
      high_risk_tollfraud_numbers_enabled: false,
    });
  }

  function alertsOf(query: URLSearchParams): ApiAnswer {
    const since = Date.parse(query.get("StartDate") ?? "");
    const now = Date.now();
    const ofCalls = calls().flatMap(({ sid, facts, errors }) =>
      errors.map(({ code, message }, index) => ({
        sid: `NO${sid.slice(2, 30)}${String(index).padStart(4, "0")}`,
        code,
        text: message,
        agoMs: now - facts.createdAt.getTime(),
        resourceSid: sid,
      }))
    );
    const { alerts, alertDelayMs } = state();
    const ofState = alerts.map((alert, index) => ({
      ...alert,
      sid: `NO${String(index).padStart(32, "0")}`,
    }));
    const listed = [...ofState, ...ofCalls.filter(({ agoMs }) => agoMs >= alertDelayMs)]
      .filter(({ agoMs }) => !(now - agoMs < since));
    return found({
      alerts: listed.map((alert) => viewAlert(alert, now)).reverse(),
      meta: {},
    });
  }

  return { handle };
}

function viewAlert(
  { sid, code, text, url = "", agoMs, resourceSid = "" }: AccountAlert & { readonly sid: string },
  now: number,
) {
  return {
    sid,
    log_level: "error",
    error_code: String(code),
    alert_text: text,
    request_url: url,
    request_method: "POST",
    resource_sid: resourceSid,
    date_generated: new Date(now - agoMs).toISOString(),
    more_info: `https://www.twilio.com/docs/errors/${code}`,
  };
}
