import type { PhoneSettings } from "../../../config/settings.ts";
import { hostAndPort } from "../../../utils/hostAndPort.ts";
import type { AccountFacts, Balance } from "../../twilioOutbound.ts";
import { allowHost } from "../allowHost.ts";
import type { Finding } from "../setupCheck.ts";
import type { AskFault, TwilioAnswers } from "./twilioAnswers.ts";

/** Why nothing more can be asked about the account; undefined where it can. One finding, however much fails. */
export function accountFault(
  { account, number }: TwilioAnswers,
  phone: Pick<PhoneSettings, "apiUrl" | "accountSid" | "apiKey">,
): Finding | undefined {
  const faults = [account, number].flatMap((asked) => asked.ok ? [] : [asked.fault]);
  const has = (fault: AskFault) => faults.includes(fault);
  const host = hostAndPort(new URL(phone.apiUrl));
  if (has("not_permitted")) {
    return {
      code: "twilio_not_permitted",
      state: "broken",
      text: "This server may not connect to {host}: calls cannot be placed, ended or transferred.",
      ...allowHost(host),
      values: { host },
    };
  }
  if (has("away")) {
    return {
      code: "twilio_not_answering",
      state: "warning",
      text: "Twilio does not answer at {host}: nothing about the number and the account is known.",
      remedy: "Check the network and the firewall, and look at https://status.twilio.com.",
      values: { host },
    };
  }
  if (has("suspended") || (account.ok && account.value.status === "suspended")) {
    return {
      code: "twilio_account_suspended",
      state: "broken",
      text: "Twilio has suspended the account, or it has no funds: no call comes in or goes out.",
      remedy: "Look into the Twilio console, under Billing and under Messages from Twilio.",
    };
  }
  if (account.ok && account.value.status === "closed") {
    return {
      code: "twilio_account_closed",
      state: "broken",
      text: "The Twilio account is closed.",
      remedy: "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER to another one.",
    };
  }
  if (has("test_credentials")) {
    return {
      code: "twilio_test_credentials",
      state: "broken",
      text: "These are Twilio's test credentials: with them no phone ever rings.",
      remedy:
        "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to the live ones, in the Twilio console under Account, API keys & tokens.",
    };
  }
  if (!account.ok) {
    return {
      code: "twilio_token_refused",
      state: "broken",
      text:
        "Twilio does not take TWILIO_AUTH_TOKEN for the account {account}: its requests would be refused here, too.",
      remedy:
        "Copy the account SID and the auth token of the same account from the Twilio console into .env. A subaccount has its own.",
      values: { account: masked(phone.accountSid) },
    };
  }
  if (!number.ok) {
    return {
      code: "twilio_key_refused",
      state: "broken",
      text:
        "Twilio refuses the API key {key}: calls come in, and cannot be placed, ended or transferred.",
      remedy:
        "Make a key of the account {account} in the Twilio console, and set TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET to it; or take both away.",
      values: { key: masked(phone.apiKey?.sid ?? ""), account: masked(phone.accountSid) },
    };
  }
  return undefined;
}

/** What an account that answers lacks. */
export function accountFindings(
  { isTrial, createdAt }: AccountFacts,
  balance: Balance | undefined,
): readonly Finding[] {
  return [
    ...(isTrial ? [trialFinding(createdAt)] : []),
    ...(balance !== undefined && balance.amount < LOW_BALANCE ? [balanceFinding(balance)] : []),
  ];
}

/** A day of some calls. */
const LOW_BALANCE = 5;
/** Trial accounts made since then take `<Stream>` out of all TwiML. */
const STREAMLESS_SINCE = Date.UTC(2026, 0, 1);

function trialFinding(createdAt: number | undefined): Finding {
  if (createdAt !== undefined && createdAt >= STREAMLESS_SINCE) {
    return {
      code: "twilio_trial_without_streams",
      state: "broken",
      text:
        "The Twilio account is a trial of 2026 or later: it takes the agent's voice out of calls, and callers hear a sentence of Twilio's.",
      remedy: "Upgrade the account in the Twilio console, under Billing.",
    };
  }
  return {
    code: "twilio_trial",
    state: "warning",
    text:
      "The Twilio account is a trial: callers hear its notice first, and only verified numbers can be called.",
    remedy: "Upgrade the account in the Twilio console, under Billing.",
  };
}

function balanceFinding({ amount, currency }: Balance): Finding {
  const values = { amount: amount.toFixed(2), currency };
  if (amount <= 0) {
    return {
      code: "twilio_balance_low",
      state: "broken",
      text: "The Twilio account has no funds ({amount} {currency}): calls are refused.",
      remedy: "Add funds in the Twilio console, under Billing, and switch auto-recharge on.",
      values,
    };
  }
  return {
    code: "twilio_balance_low",
    state: "warning",
    text: "The Twilio account has only {amount} {currency} left.",
    remedy: "Add funds in the Twilio console, under Billing, and switch auto-recharge on.",
    values,
  };
}

/** Enough to tell one from another. */
function masked(sid: string): string {
  return sid.length < 10 ? sid : `${sid.slice(0, 4)}…${sid.slice(-4)}`;
}
