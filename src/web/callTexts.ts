import type { AgentTitles, CallEnd, CallSummary, Direction } from "./apiTypes.ts";

const DIRECTIONS: Readonly<Record<Direction, string>> = {
  inbound: "Called in",
  outbound: "Called out",
  web: "Web call",
};

const ENDINGS: Readonly<Record<string, string>> = {
  caller_hung_up: "The caller hung up",
  agent_hung_up: "The agent ended the call",
  operator_hung_up: "An operator hung up",
  transferred: "Transferred to a person",
  idle: "Ended after a long silence",
  time_limit: "Reached the longest time",
  spend_limit: "Reached the spending limit",
  not_answered: "Not answered",
  outside_hours: "Outside the opening hours",
  refused: "Refused by your own system",
  voicemail: "An answering machine answered",
  phone_menu: "Given up in a phone menu or on hold",
  model_failed: "The model could not be reached",
  leg_failed: "The caller's line broke off",
  server_stopped: "The server stopped",
  internal_error: "Something went wrong on the server",
};

/** Of calls to somebody who is no caller. */
const ENDINGS_OF_PLACED: Readonly<Record<string, (who: string) => string>> = {
  caller_hung_up: (who) => `${who} hung up`,
  leg_failed: () => "The line broke off",
};

const CALLED: Readonly<Record<string, string>> = {
  human: "The person",
  machine: "The answering machine",
  screener: "The call screener",
  fax: "The fax machine",
};

/** Details that replace the text of their reason. */
const DETAILS: Readonly<Record<string, string>> = {
  busy: "The line was busy",
  busy_tone: "Only a busy tone was heard on the line",
  "no-answer": "Not answered",
  canceled: "Cancelled before it was answered",
  cancelled: "Cancelled before it was answered",
  failed: "The number could not be reached",
  fax: "A fax machine answered",
  do_not_call: "Not dialled: the number is on the do-not-call list",
  outside_hours: "Not dialled: outside the calling hours",
  number_called_enough: "Not dialled: the number was called often enough that day",
  consent_missing: "Not dialled: no consent was given",
  consent_too_old: "Not dialled: the consent was too old",
  opted_out: "The person wants no more calls",
  opt_out_not_kept: "The person wants no more calls, which could not be noted",
  screened: "The call screener kept the call waiting too long",
  declined: "The person behind the call screener did not want the call",
  voicemail_cut: "The call ended before its message was heard whole",
  no_end: "Its greeting did not end",
  key_expired: "Not dialled: the API key had expired",
  key_revoked: "Not dialled: the API key had been revoked",
  key_removed: "Not dialled: the API key had been removed",
  outcome_unknown: "What became of the call is not known",
  provider_unreachable: "Not dialled: Twilio could not be reached",
  never_joined: "The caller's line was never connected",
  call_url: "Refused by your own system",
  menu_time: "Given up: too long in phone menus",
  hold_time: "Given up: too long on hold",
  same_menu: "Given up: the same phone menu again and again",
  same_keys: "Given up: the same keys again and again",
  message: "Outside the opening hours: a message was spoken",
  invalid_api_key: "The server's OpenAI key was refused",
  insufficient_quota: "The server's OpenAI account has no credit left",
};

const OUTCOMES: Readonly<Record<string, string>> = {
  answered: "The call was answered.",
  human: "A person answered.",
  voicemail: "The agent left a message on an answering machine.",
  machine: "An answering machine answered, and no message was left.",
  screened: "A call screener asked who was calling, and nobody took the call.",
  unknown: "What became of the call is not known.",
};

/** The number at the far end, or `Browser`. */
export function describeParty({ direction, from, to }: Parties): string {
  if (direction === "web") return "Browser";
  return (direction === "inbound" ? from : to) ?? "Unknown number";
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
  if (end === null) return "Not over yet";
  const why = reasonOf(end, far);
  return end.transferTo === undefined ? why : `${why}; a transfer to ${end.transferTo} followed`;
}

function reasonOf(end: CallEnd, { direction, answeredBy }: FarEnd): string {
  const placed = direction === "outbound" ? ENDINGS_OF_PLACED[end.reason] : undefined;
  const words = placed?.(CALLED[answeredBy ?? ""] ?? "The other end") ?? ENDINGS[end.reason] ??
    "Ended";
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
