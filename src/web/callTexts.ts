import type { AgentTitles, CallEnd, CallSummary, Direction } from "./apiTypes.ts";
import { t } from "./text.ts";

const DIRECTIONS: Readonly<Record<Direction, string>> = {
  inbound: t("Called in"),
  outbound: t("Called out"),
  web: t("Web call"),
};

const ENDINGS: Readonly<Record<string, string>> = {
  caller_hung_up: t("The caller hung up"),
  agent_hung_up: t("The agent ended the call"),
  operator_hung_up: t("An operator hung up"),
  transferred: t("Transferred to a person"),
  idle: t("Ended after a long silence"),
  time_limit: t("Reached the longest time"),
  spend_limit: t("Reached the spending limit"),
  not_answered: t("Not answered"),
  outside_hours: t("Outside the opening hours"),
  refused: t("Refused by your own system"),
  voicemail: t("An answering machine answered"),
  phone_menu: t("Given up in a phone menu or on hold"),
  model_failed: t("The model could not be reached"),
  leg_failed: t("The caller's line broke off"),
  server_stopped: t("The server stopped"),
  internal_error: t("Something went wrong on the server"),
};

/** Of calls to somebody who is no caller. */
const ENDINGS_OF_PLACED: Readonly<Record<string, (who: string) => string>> = {
  caller_hung_up: (who) => t("{who} hung up", { who }),
  leg_failed: () => t("The line broke off"),
};

const CALLED: Readonly<Record<string, string>> = {
  human: t("The person"),
  machine: t("The answering machine"),
  screener: t("The call screener"),
  fax: t("The fax machine"),
};

/** Details that replace the text of their reason. */
const DETAILS: Readonly<Record<string, string>> = {
  busy: t("The line was busy"),
  busy_tone: t("Only a busy tone was heard on the line"),
  "no-answer": t("Not answered"),
  canceled: t("Cancelled before it was answered"),
  cancelled: t("Cancelled before it was answered"),
  failed: t("The number could not be reached"),
  fax: t("A fax machine answered"),
  do_not_call: t("Not dialled: the number is on the do-not-call list"),
  outside_hours: t("Not dialled: outside the calling hours"),
  number_called_enough: t("Not dialled: the number was called often enough that day"),
  consent_missing: t("Not dialled: no consent was given"),
  consent_too_old: t("Not dialled: the consent was too old"),
  opted_out: t("The person wants no more calls"),
  opt_out_not_kept: t("The person wants no more calls, which could not be noted"),
  screened: t("The call screener kept the call waiting too long"),
  declined: t("The person behind the call screener did not want the call"),
  voicemail_cut: t("The call ended before its message was heard whole"),
  no_end: t("Its greeting did not end"),
  key_expired: t("Not dialled: the API key had expired"),
  key_revoked: t("Not dialled: the API key had been revoked"),
  key_removed: t("Not dialled: the API key had been removed"),
  outcome_unknown: t("What became of the call is not known"),
  provider_unreachable: t("Not dialled: Twilio could not be reached"),
  never_joined: t("The caller's line was never connected"),
  call_url: t("Refused by your own system"),
  menu_time: t("Given up: too long in phone menus"),
  hold_time: t("Given up: too long on hold"),
  same_menu: t("Given up: the same phone menu again and again"),
  same_keys: t("Given up: the same keys again and again"),
  message: t("Outside the opening hours: a message was spoken"),
  invalid_api_key: t("The server's OpenAI key was refused"),
  insufficient_quota: t("The server's OpenAI account has no credit left"),
};

const OUTCOMES: Readonly<Record<string, string>> = {
  answered: t("The call was answered."),
  human: t("A person answered."),
  voicemail: t("The agent left a message on an answering machine."),
  machine: t("An answering machine answered, and no message was left."),
  screened: t("A call screener asked who was calling, and nobody took the call."),
  unknown: t("What became of the call is not known."),
};

/** The number at the far end, or `Browser`. */
export function describeParty({ direction, from, to }: Parties): string {
  if (direction === "web") return t("Browser");
  return (direction === "inbound" ? from : to) ?? t("Unknown number");
}

/** Direction and agent: `Called in · Receptionist`. */
export function describeDirection(
  { direction, agent }: DirectionAndAgent,
  titles: AgentTitles,
): string {
  return `${DIRECTIONS[direction]} · ${titles.get(agent) ?? agent}`;
}

/** How a call ended, without a full stop; `far` tells who is at its other end, without it a caller. */
export function describeEnd(end: CallEnd | null, far: FarEnd = {}): string {
  if (end === null) return t("Not over yet");
  const why = reasonOf(end, far);
  const to = end.transferTo;
  return to === undefined ? why : t("{why}; a transfer to {to} followed", { why, to });
}

function reasonOf(end: CallEnd, { direction, answeredBy }: FarEnd): string {
  const placed = direction === "outbound" ? ENDINGS_OF_PLACED[end.reason] : undefined;
  const words = placed?.(CALLED[answeredBy ?? ""] ?? t("The other end")) ?? ENDINGS[end.reason] ??
    t("Ended");
  const detail = end.detail ?? "";
  // `completed` is the carrier's word for an ordinary end.
  if (detail === "" || detail === "completed") return words;
  return DETAILS[detail] ?? `${words} (${detail.replaceAll("_", " ")})`;
}

/** Who answered and how the call ended, in sentences. */
export function describeOutcome(
  { end, outcome, ...far }: Pick<CallSummary, "end" | "outcome"> & FarEnd,
): string {
  const answered = OUTCOMES[outcome ?? ""] ?? "";
  // The end adds nothing for an answering machine whose message is whole, nor where the outcome is not known.
  const isWhole = end?.reason === "voicemail" && !MORE_THAN_OUTCOME.has(end.detail ?? "");
  const isComplete = answered !== "" && (isWhole || outcome === "unknown");
  return isComplete ? answered : `${answered} ${describeEnd(end, far)}.`.trim();
}

/** Details of calls that answering machines took. */
const MORE_THAN_OUTCOME: ReadonlySet<string> = new Set(["voicemail_cut", "no_end"]);

type FarEnd = Partial<Pick<CallSummary, "direction" | "answeredBy">>;
type Parties = Pick<CallSummary, "direction" | "from" | "to">;
type DirectionAndAgent = Pick<CallSummary, "direction" | "agent">;
