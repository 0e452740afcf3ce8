import type { PhoneSettings } from "../../config/settings.ts";
import {
  type AccountNumber,
  createTwilioAccountNumbers,
  createTwilioFlows,
} from "../../services/twilioOutbound.ts";
import { confirms, type Terminal } from "../terminal.ts";
import type { ConnectMemory } from "./connectMemory.ts";
import {
  claimNumber,
  type ConnectDeps,
  connectNumber,
  type ConnectTarget,
  FLOW_TO_BE_MADE,
  foreignChanges,
  planOf,
} from "./connectNumber.ts";
import type { ConnectOptions } from "./connectOptions.ts";
import { describeChanges, differing, entriesOf, labels, shown } from "./numberChanges.ts";

/** Why a number has to be left alone, at the moment of asking. */
type WhyNot = (number: AccountNumber) => string | undefined | Promise<string | undefined>;

/** Says what will change, asks, and changes it. Returns whether the numbers are connected. */
export async function connectNumbers(
  numbers: readonly AccountNumber[],
  target: ConnectTarget,
  { isAgreed, unsetsTrunk }: Pick<ConnectOptions, "isAgreed" | "unsetsTrunk">,
  deps: ConnectDeps & { readonly whyNot: WhyNot },
  terminal: Terminal,
): Promise<boolean> {
  const { print } = terminal;
  for (const { number, hasVoice, settings } of numbers) {
    if (!hasVoice) {
      print(`${number} takes no calls: choose a number with voice.`);
      return false;
    }
    if (settings.TrunkSid === "" || unsetsTrunk) continue;
    print(
      `${number} belongs to the SIP trunk ${
        shown(settings.TrunkSid)
      }, which gets all of its calls.`,
    );
    const question = "Take it from the trunk (--undo gives it back)?";
    if (!await confirms(terminal, question, false)) {
      print("Nothing was changed. To take it from the trunk: --unset-trunk");
      return false;
    }
  }
  const plans = numbers.map((number) => ({ number, changes: planOf(number, target, deps) }));
  const changing = plans.filter(({ changes }) => entriesOf(changes).length > 0);
  for (const { number } of plans.filter((plan) => !changing.includes(plan))) {
    print(`${number.number} is answered by this server; nothing has to change.`);
    if (deps.owner === undefined) continue;
    if (await isLeft(number)) return false;
    claimNumber(number, deps);
  }
  if (changing.length === 0) return true;
  const spoken = target.fallback?.kind === "phone"
    ? { VoiceFallbackUrl: `${FLOW_TO_BE_MADE}, which calls ${target.fallback.to}` }
    : {};
  for (const { number: { number, sid, settings }, changes } of changing) {
    print(`This changes at ${number}:`);
    describeChanges(settings, changes, spoken).forEach(print);
    const prior = deps.memory.find(sid);
    const foreign = prior === undefined ? [] : entriesOf(foreignChanges(settings, prior));
    if (prior !== undefined && foreign.length > 0) {
      print(
        `  It was changed since it was connected on ${prior.rememberedAt} (${
          foreign.map(([name]) => labels[name]).join(", ")
        }): of that, --undo will bring back what is set now.`,
      );
    }
  }
  if (!await confirms(terminal, "Change it?", isAgreed)) {
    print("Nothing was changed. To agree beforehand: --yes");
    return false;
  }
  const current = await Promise.all(numbers.map(({ sid }) => deps.account.read(sid)));
  for (const number of numbers) {
    // A tunnel may have taken it while the question was open.
    if (await isLeft(number)) return false;
  }
  const isSame = numbers.every(({ settings }, index) =>
    entriesOf(differing(settings, current[index]?.settings ?? {})).length === 0
  );
  if (!isSame) {
    print("Somebody has changed it since it was shown.");
    return await connectNumbers(current, target, { isAgreed, unsetsTrunk }, deps, terminal);
  }
  for (const { number } of changing) {
    const refused = await connectNumber(number, target, deps);
    if (entriesOf(refused).length > 0) {
      print(`Twilio did not take all of it for ${number.number}; in its console, set:`);
      describeChanges(number.settings, refused).forEach(print);
      return false;
    }
    print(`${number.number} is answered by ${target.publicUrl} now.`);
  }
  return true;

  async function isLeft(number: AccountNumber): Promise<boolean> {
    const reason = await deps.whyNot(number);
    if (reason !== undefined) print(reason);
    return reason !== undefined;
  }
}

/** What connecting works with, of the account in the settings. */
export function connectDeps(phone: PhoneSettings, memory: ConnectMemory): ConnectDeps {
  return {
    account: createTwilioAccountNumbers(phone),
    flows: createTwilioFlows(phone),
    memory,
    accountSid: phone.accountSid,
    apiHost: new URL(phone.apiUrl).host,
    now: Date.now,
  };
}
