import { t } from "../text.ts";
import type { Fault } from "./fault.ts";

const again = t("Start again.");
const soon = t("Start again in a moment.");
const restarting: Fault = { text: t("The server is being restarted."), remedy: soon };
const limit: Fault = { remedy: t("Try again later, or have the limit raised on the server.") };

/** Why the server takes no call, or a call has ended, by code. */
export const callFaults: Readonly<Record<string, Fault>> = {
  no_socket: {
    text: t("This browser could not open the connection."),
    remedy: t("Switch off what blocks WebSockets for this page, or use another browser."),
  },
  unreachable: {
    text: t("The server does not answer. Is it running?"),
    remedy: t("See whether this device is online, and start again."),
  },
  unreadable: { remedy: t("See whether a proxy stands between, and start again.") },
  page_left: { text: t("The page was left, so the call ended."), remedy: again },
  refused: { text: t("The server did not take the call."), remedy: again },
  refused_1001: restarting,
  refused_1008: {
    text: t("The server did not take this page's token: it was too old or already used."),
    remedy: again,
  },
  refused_1012: restarting,
  refused_1013: { text: t("The server has too much to do."), remedy: soon },
  closed_1001: restarting,
  closed_1008: {
    text: t("The server refused to go on with this call."),
    remedy: t("Reload the page and start again."),
  },
  closed_1009: {
    text: t("The page sent more than the server takes."),
    remedy: t("Reload it and start again."),
  },
  closed_1011: { text: t("Something went wrong on the server."), remedy: again },
  closed_1012: restarting,
  closed_1013: {
    text: t("The page could not keep up, or the server has too much to do."),
    remedy: soon,
  },
  closed_4001: {
    text: t("The call goes on in another page."),
    remedy: t("Go on there, or start another call here."),
  },
  closed_offline: {
    text: t("The network is gone."),
    remedy: t("Start again when this device is online."),
  },
  closed: { text: t("The connection to the server was lost."), remedy: again },

  invalid_key: {
    text: t("The server does not know this API key."),
    remedy: t("Enter another one."),
  },
  key_expired: {
    text: t("This API key has expired."),
    remedy: t("Enter another one."),
  },
  key_revoked: {
    text: t("This API key has been revoked."),
    remedy: t("Enter another one."),
  },
  scope_missing: { remedy: t("Enter a key that has it.") },
  access_closed: {
    text: t(
      "This server has no API keys, so it talks only with pages opened on its own machine.",
    ),
    remedy: t("To talk from here, set API_KEYS on the server."),
  },
  origin_not_allowed: {
    text: t("The server does not talk with pages from this address."),
    remedy: t("Open the page of the server itself, or add this address to ALLOWED_ORIGINS."),
  },
  agent_unusable: {
    text: t("The file of this agent has errors."),
    remedy: t("Choose another agent, or see under Agents what is wrong."),
  },
  unknown_agent: {
    text: t("There is no such agent any more."),
    remedy: t("Reload the page and choose another."),
  },
  outside_hours: { remedy: t("Try again within its opening hours.") },
  call_refused: { remedy: t("Ask those who run the server.") },
  full: {
    text: t("All lines of the server are busy."),
    remedy: t("Start again when a call has ended."),
  },
  draining: restarting,
  overloaded: { text: t("The server has too much to do."), remedy: soon },
  store_unavailable: { text: t("The server's database does not answer."), remedy: soon },
  too_many_calls: limit,
  budget_exhausted: limit,
  daily_minutes_reserved: {
    text: t("Calls under way have reserved all minutes."),
    remedy: t("Start again when one of them has ended."),
  },
  rate_limited: {
    text: t("There were too many tries in a short time."),
    remedy: t("Wait a minute, and start again."),
  },
  invalid_request: {
    text: t("The server does not take what the agent is to be told."),
    remedy: t("Change what is named here."),
  },
  body_too_large: {
    text: t("What the agent is to be told is too long."),
    remedy: t("Shorten it to 30,000 characters in all."),
  },

  ended_idle: {
    text: t("The call ended after a long silence."),
    remedy: t("Start again when you are ready to speak."),
  },
  ended_time_limit: {
    text: t("The call reached its longest time."),
    remedy: t("Start another one to go on."),
  },
  ended_spend_limit: {
    text: t("The call reached its spending limit."),
    remedy: t("Start another one, or have the limit raised on the server."),
  },
  ended_model_failed: {
    text: t("The model could not be reached."),
    remedy: t("Start again in a moment; the server's log says why it failed."),
  },
  ended_leg_failed: { text: t("The connection to the server was lost."), remedy: again },
  ended_server_stopped: { text: t("The server is stopping."), remedy: soon },
  ended_internal_error: {
    text: t("Something went wrong on the server."),
    remedy: t("Start again; if it fails again, the server's log may say why."),
  },
  ended_invalid_api_key: {
    text: t("The server's OpenAI key was refused."),
    remedy: t("Set a valid OPENAI_API_KEY on the server and restart it."),
  },
  ended_insufficient_quota: {
    text: t("The server's OpenAI account has no credit left."),
    remedy: t("Add credit to the account, and start again."),
  },

  too_fast: {
    text: t("The page sent more than the server takes in this time; a part was dropped."),
    remedy: t("Say or type it again, more slowly."),
  },
  invalid_text: {
    text: t("The server did not take this text."),
    remedy: t("Send one of 1 to 4,000 characters."),
  },
  playout_stalled: {
    text: t("No sound comes out here, so the agent waits."),
    remedy: t("Tap the page, or choose another sound output."),
  },
};
