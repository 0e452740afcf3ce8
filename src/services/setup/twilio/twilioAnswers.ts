import { setTimer } from "../../../utils/clock.ts";
import {
  type AccountFacts,
  type AccountNumber,
  type TwilioAccountFacts,
  type TwilioAccountNumbers,
  TwilioProblem,
} from "../../twilioOutbound.ts";

/** Why a question has no answer. */
export type AskFault =
  /** This server may not connect there. */
  | "not_permitted"
  | "away"
  /** Others were asked for so long that this one had no time left. */
  | "late"
  | "refused"
  | "suspended"
  /** Test credentials, which may do little else than seem to place calls. */
  | "test_credentials";

export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: AskFault };

/** What the account and its number are, as far as Twilio says. */
export interface TwilioAnswers {
  /** Asked with the auth token. */
  readonly account: Asked<AccountFacts>;
  /** Asked with the API key, where there is one. */
  readonly number: Asked<AccountNumber | undefined>;
}

/** Asks for both at once. Never rejects. */
export async function askTwilio(
  { facts, numbers, number }: {
    readonly facts: Pick<TwilioAccountFacts, "account">;
    readonly numbers: Pick<TwilioAccountNumbers, "find">;
    readonly number: string;
  },
): Promise<TwilioAnswers> {
  const [account, found] = await Promise.all([asked(facts.account()), asked(numbers.find(number))]);
  return { account, number: found };
}

/** How long all questions together may take. */
export interface AskLimit {
  /** The same as `asked`, within the limit. */
  within<T>(answer: Promise<T>): Promise<Asked<T>>;
  end(): void;
}

/** Starts to count. A question goes on after the limit: whoever keeps its answer has it later. */
export function openAskLimit(limitMs: number): AskLimit {
  let end = () => {};
  const late = new Promise<Asked<never>>((resolve) => {
    end = setTimer(() => resolve({ ok: false, fault: "late" }), limitMs);
  });
  return { within: (answer) => Promise.race([asked(answer), late]), end };
}

/** Never rejects: an answer that cannot be read is none. */
export async function asked<T>(answer: Promise<T>): Promise<Asked<T>> {
  try {
    return { ok: true, value: await answer };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
}

function faultOf(error: unknown): AskFault {
  if (!(error instanceof TwilioProblem)) return "away";
  if (error.cause instanceof Deno.errors.NotCapable) return "not_permitted";
  if (error.twilioCode === TEST_CREDENTIALS) return "test_credentials";
  switch (error.code) {
    case "provider_credentials":
      return "refused";
    case "provider_account":
      return "suspended";
    default:
      return "away";
  }
}

/** "Resource not accessible with Test Account Credentials" */
const TEST_CREDENTIALS = 20008;
