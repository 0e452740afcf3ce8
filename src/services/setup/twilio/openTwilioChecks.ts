import type { Agents } from "../../../config/agents.ts";
import type { PhoneSettings, Settings } from "../../../config/settings.ts";
import type { Clock } from "../../../utils/clock.ts";
import { hostAndPort } from "../../../utils/hostAndPort.ts";
import { present } from "../../../utils/present.ts";
import {
  type AccountNumber,
  createTwilioAccountFacts,
  createTwilioAccountNumbers,
  createTwilioAlerts,
  twilioHost,
} from "../../twilioOutbound.ts";
import { allowHost } from "../allowHost.ts";
import { KeptAnswer } from "../keptAnswer.ts";
import { check, type Finding, type SetupCheck, type SetupPart } from "../setupCheck.ts";
import { accountFault, accountFindings } from "./accountFindings.ts";
import { alertFindings } from "./alertFindings.ts";
import { callerIdFinding, unusableNumbers } from "./callerIdFinding.ts";
import { calledCountries, closedCountries, countriesFinding } from "./countryFindings.ts";
import { numberFindings } from "./numberFindings.ts";
import { textingAgents, textSender, textsFinding } from "./textsFindings.ts";
import { type Asked, type AskLimit, askTwilio, openAskLimit } from "./twilioAnswers.ts";

export interface TwilioCheckDeps {
  readonly settings: Pick<Settings, "phone" | "outbound" | "sms" | "server" | "signIn">;
  readonly agents: Pick<Agents, "names" | "get">;
  /** Limit of each request; of all together, four times as long. */
  readonly twilioTimeoutMs?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: Clock["now"];
}

/** What changes seldom, or takes several questions, is asked once in so long. */
const KEPT_MS = 60_000;
const TIMEOUT_MS = 5000;
const DAY_MS = 24 * 60 * 60_000;

/** Creates the function that asks Twilio for all that the phone needs there; it never rejects. */
export function openTwilioChecks(deps: TwilioCheckDeps): () => Promise<readonly SetupCheck[]> {
  const { settings: { phone } } = deps;
  return phone === undefined
    ? () => Promise.resolve([check("phone", numberNotSet)])
    : checksOf(phone, deps);
}

const numberNotSet: Finding = {
  code: "number_not_set",
  state: "off",
  text: "No phone number is connected.",
  remedy:
    "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER and PUBLIC_URL, and start the server again.",
};

function checksOf(
  phone: PhoneSettings,
  { settings, agents, twilioTimeoutMs, now }: TwilioCheckDeps,
): () => Promise<readonly SetupCheck[]> {
  const options = { timeoutMs: Math.min(twilioTimeoutMs ?? TIMEOUT_MS, TIMEOUT_MS) };
  const facts = createTwilioAccountFacts(phone, options);
  const numbers = createTwilioAccountNumbers(phone, options);
  const alertsClient = createTwilioAlerts(phone, options);
  const kept = <T>(ask: () => Promise<T>) => new KeptAnswer(ask, KEPT_MS, now);
  const balance = kept(facts.balance);
  const alerts = kept(() => alertsClient.since(Date.now() - DAY_MS));
  const countries = calledCountries(settings);
  const closed = kept(() => closedCountries(countries, facts));
  const unusable = kept(() => unusableNumbers(settings.outbound.from, numbers, facts));
  const sender = kept(() => textSender({ phone, sms: settings.sms }, facts, numbers));

  return async function lookInTime() {
    const limit = openAskLimit(options.timeoutMs * ROUNDS);
    try {
      return await look(limit);
    } finally {
      limit.end();
    }
  };

  async function look({ within }: Pick<AskLimit, "within">) {
    const answers = await askTwilio({ facts, numbers, number: phone.number });
    const fault = accountFault(answers, phone);
    if (fault !== undefined || !answers.account.ok || !answers.number.ok) {
      return fault === undefined ? [] : [check("phone", fault)];
    }
    const found = answers.number.value;
    const texting = textingAgents(agents);
    const callsOut = settings.server.apiKeys.length > 0 || settings.signIn !== undefined;
    const [ofBalance, overrides, ofAlerts, ofCountries, ofFrom, ofTexts] = await Promise.all([
      within(balance.get()),
      overridesOf(found, within),
      within(alerts.get()),
      callsOut ? within(closed.get()) : none<readonly string[]>([]),
      callsOut ? within(unusable.get()) : none<readonly string[]>([]),
      texting.length > 0 ? within(sender.get()) : undefined,
    ]);
    const checks: SetupCheck[] = [];
    const add = (part: SetupPart, findings: readonly Finding[]) =>
      void checks.push(...findings.map((finding) => check(part, finding)));
    const amount = ofBalance.ok ? ofBalance.value : undefined;
    add("phone", [
      ...accountFindings(answers.account.value, amount),
      ...numberFindings(found, phone, overrides),
      ...unknownFindings([ofAlerts, ofCountries, ofFrom, ofTexts, overrides.application]),
    ]);
    if (ofAlerts.ok) {
      add(
        "alerts",
        alertFindings(ofAlerts.value, {
          publicUrl: phone.publicUrl,
          sendsTexts: texting.length > 0,
        }),
      );
    }
    const outbound = [
      ofCountries.ok ? countriesFinding(countries, ofCountries.value) : undefined,
      ofFrom.ok ? callerIdFinding(ofFrom.value) : undefined,
    ];
    add("destinations", outbound.filter((finding) => finding !== undefined));
    if (ofTexts?.ok === true) add("texts", [textsFinding(ofTexts.value, texting)]);
    return checks;
  }

  /** A trunk that cannot be asked about is left without its name. */
  async function overridesOf(found: AccountNumber | undefined, within: AskLimit["within"]) {
    const { TrunkSid = "", VoiceApplicationSid = "" } = found?.settings ?? {};
    const [trunk, application] = await Promise.all([
      TrunkSid === "" ? undefined : within(facts.trunk(TrunkSid)),
      VoiceApplicationSid === "" ? undefined : within(numbers.application(VoiceApplicationSid)),
    ]);
    return present({
      trunk: trunk?.ok === true ? trunk.value : undefined,
      application,
    });
  }

  /** Twilio's other hosts have permissions of their own. */
  function unknownFindings(all: readonly (Asked<unknown> | undefined)[]): readonly Finding[] {
    if (all.every((answer) => answer?.ok !== false)) return [];
    const closed = products.map((product) =>
      hostAndPort(new URL(twilioHost(phone.apiUrl, product)))
    )
      .filter((host) => Deno.permissions.querySync({ name: "net", host }).state !== "granted");
    if (closed.length > 0 && all.some((it) => it?.ok === false && it.fault === "not_permitted")) {
      return closed.map(hostFinding);
    }
    if (all.some((it) => it?.ok === false && it.fault === "late")) return [TWILIO_SLOW];
    return [{
      code: "twilio_partly_unknown",
      state: "warning",
      text:
        "Twilio did not tell all of its errors, countries, registrations and applications just now.",
      remedy: "Look again in a minute.",
    }];
  }
}

/** Of questions that follow one another. */
const ROUNDS = 4;

const TWILIO_SLOW: Finding = {
  code: "twilio_partly_unknown",
  state: "warning",
  text:
    "Twilio did not answer in time: what is asked about errors, countries, numbers and registrations is not all known.",
  remedy: "Look again in a minute.",
};

const products = ["monitor", "voice", "messaging", "trunking"] as const;

function hostFinding(host: string): Finding {
  return {
    code: "twilio_host_not_permitted",
    state: "warning",
    text: "Not all was looked at at Twilio: this server may not connect to {host}.",
    ...allowHost(host),
    values: { host },
  };
}

function none<T>(value: T): Asked<T> {
  return { ok: true, value };
}
