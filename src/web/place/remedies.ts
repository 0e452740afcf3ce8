import { t } from "../text.ts";

/** What helps where a call is refused, by the code of the refusal or of what is wrong with the number. */
const REMEDIES: Readonly<Record<string, string>> = {
  api_keys_not_configured: t(
    "Set API_KEYS and start the server again: calls cost money, so they are placed with a key alone.",
  ),
  phone_not_configured: t("Connect a phone number first: Set up says how."),
  scope_missing: t("Use a key with the scope calls:create."),
  invalid_number: t("Write the number with its country, such as +14155550123."),
  destination_not_allowed: t(
    "OUTBOUND_COUNTRIES, OUTBOUND_ALLOW and OUTBOUND_DENY say where calls may go.",
  ),
  own_number: t("That is the server's own number: call another one."),
  do_not_call: t("The person wants no calls. Do not call says since when, and why."),
  outside_calling_hours: t(
    "Call again in those hours, or send it as a batch, which waits for them.",
  ),
  consent_missing: t("Say under Consent where and when the person agreed."),
  consent_too_old: t("The agent's file says how old a consent may be: ask the person anew."),
  consent_in_future: t("Correct the time under Consent."),
  unknown_agent: t("Choose another agent."),
  agent_unusable: t("The agent's file has problems: Agents shows them."),
  from_not_allowed: t("OUTBOUND_FROM lists the numbers that calls may be placed from."),
  outcome_unknown: t("Look under Records before you call again: the phone may be ringing."),
  provider_unreachable: t("Look again in a minute; status.twilio.com says more."),
  store_unavailable: t("Start the database: calls that cannot be recorded are not placed."),
  unreachable: t("Start the server, or look whether this device is online."),
};

/** For refusals by a limit, whose sentence names the limit and the setting. */
const BY_LIMIT = t("Wait until calls end or a new day begins, or raise the limit.");

/** A sentence on what to do; empty where the refusal says it all. */
export function remedyFor(
  { code, status }: { readonly code: string; readonly status: number },
  reason = "",
): string {
  return REMEDIES[reason] ?? REMEDIES[code] ?? (status === 429 ? BY_LIMIT : "");
}
