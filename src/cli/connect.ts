import { readEnvironment, readSettings, SettingsError } from "../config/env.ts";
import type { Environment } from "../config/settingReader.ts";
import type { PhoneSettings, Settings } from "../config/settings.ts";
import {
  type AccountNumber,
  createTwilioAccountNumbers,
  createTwilioAlerts,
  createTwilioFlows,
  TwilioProblem,
} from "../services/twilioOutbound.ts";
import { present } from "../utils/present.ts";
import { exitProcess } from "../utils/processExit.ts";
import { chooseFallback } from "./connect/chooseFallback.ts";
import { chooseNumbers } from "./connect/chooseNumbers.ts";
import { type ConnectMemory, openConnectMemory } from "./connect/connectMemory.ts";
import {
  type ConnectDeps,
  connectNumber,
  type ConnectTarget,
  FLOW_TO_BE_MADE,
  foreignChanges,
  planOf,
} from "./connect/connectNumber.ts";
import { type ConnectOptions, connectUsage, readConnectOptions } from "./connect/connectOptions.ts";
import { describeChanges, entriesOf } from "./connect/numberChanges.ts";
import { undoNumber } from "./connect/undoNumber.ts";
import { waitForCall } from "./connect/waitForCall.ts";
import { createServerApi } from "./serverApi.ts";
import { confirms, ownTerminal, type Terminal } from "./terminal.ts";

/** What a run of the command works with. */
export interface ConnectRun {
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Where `connect.json` is. */
  readonly folder: string;
  /** How long to wait for the first call where the options leave it open. */
  readonly waitMs?: number;
  /** Called as the wait begins, which it ends. */
  readonly untilInterrupted?: () => AbortSignal;
  /** Between two looks for a call. */
  readonly everyMs?: number;
}

/** Runs the command; resolves with its exit code: 1 where it did not do all that was asked. */
export async function runConnect(
  options: ConnectOptions,
  { environment, terminal, folder, ...waiting }: ConnectRun,
): Promise<number> {
  const { print } = terminal;
  const own = environment["TWILIO_PHONE_NUMBER"]?.trim() || undefined;
  const settings = readSettings({
    ...environment,
    // The command shows which numbers there are.
    ...(own === undefined && { TWILIO_PHONE_NUMBER: options.numbers[0] ?? ANY_NUMBER }),
  });
  const { phone } = settings;
  if (phone === undefined) {
    print("Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and PUBLIC_URL in .env first.");
    return 1;
  }
  const memory = openConnectMemory(`${folder}/connect.json`);
  const deps = connectDeps(phone, memory);
  try {
    return options.undo
      ? await undo(options, deps, terminal)
      : await connect(options, { settings, phone, own, deps, terminal, environment, ...waiting });
  } catch (error) {
    if (!(error instanceof TwilioProblem)) throw error;
    print(`${error.message}${error.twilioMessage === undefined ? "" : ` ${error.twilioMessage}`}`);
    print(ADVICE[error.code] ?? "Run the command again: it goes on from here.");
    return 1;
  }
}

/** What connecting works with, of the account in the settings. */
export function connectDeps(phone: PhoneSettings, memory: ConnectMemory): ConnectDeps {
  return {
    account: createTwilioAccountNumbers(phone),
    flows: createTwilioFlows(phone),
    memory,
    accountSid: phone.accountSid,
    now: Date.now,
  };
}

interface Connecting
  extends Pick<ConnectRun, "environment" | "waitMs" | "untilInterrupted" | "everyMs"> {
  readonly settings: Settings;
  readonly phone: PhoneSettings;
  /** TWILIO_PHONE_NUMBER. */
  readonly own: string | undefined;
  readonly deps: ConnectDeps;
  readonly terminal: Terminal;
}

async function connect(options: ConnectOptions, run: Connecting): Promise<number> {
  const { settings, phone, own, deps, terminal } = run;
  const { publicUrl } = phone;
  const { print } = terminal;
  const all = await deps.account.list();
  const chosen = await chooseNumbers(all, {
    ...{ wanted: options.numbers, preselected: own, publicUrl, terminal },
    account: deps.account,
  });
  if (chosen === undefined) return 1;
  const choice = await chooseFallback(options, { settings, publicUrl, chosen, all, terminal });
  if ("refused" in choice) {
    print(choice.refused);
    return 1;
  }
  const target = { publicUrl, fallback: choice.fallback };
  if (!await connectNumbers(chosen, target, options, deps, terminal)) return 1;
  if (own === undefined) print(`Put TWILIO_PHONE_NUMBER=${chosen[0]?.number} into .env.`);
  await waitFor(chosen, options, run);
  return 0;
}

async function waitFor(
  numbers: readonly AccountNumber[],
  options: ConnectOptions,
  { settings, phone, deps, terminal, environment, everyMs, ...run }: Connecting,
): Promise<void> {
  const waitMs = options.waitMs ?? run.waitMs ?? 0;
  if (waitMs === 0) return;
  const { account, memory, now } = deps;
  const waiting = {
    ...{ account, now },
    alerts: createTwilioAlerts(phone),
    server: createServerApi(settings.server, environment),
    remembered: memory.find,
    ...present({ everyMs }),
  };
  const signal = run.untilInterrupted?.() ?? new AbortController().signal;
  await waitForCall(numbers, waiting, terminal, { waitMs, signal });
}

/** Says what will change, asks, and changes it. Returns whether the numbers are connected. */
export async function connectNumbers(
  numbers: readonly AccountNumber[],
  target: ConnectTarget,
  { isAgreed, unsetsTrunk }: Pick<ConnectOptions, "isAgreed" | "unsetsTrunk">,
  deps: ConnectDeps,
  terminal: Terminal,
): Promise<boolean> {
  const { print } = terminal;
  for (const { number, hasVoice, settings } of numbers) {
    if (!hasVoice) {
      print(`${number} takes no calls: choose a number with voice.`);
      return false;
    }
    if (settings.TrunkSid === "" || unsetsTrunk) continue;
    print(`${number} belongs to the SIP trunk ${settings.TrunkSid}, which gets all of its calls.`);
    const question = "Take it from the trunk (--undo gives it back)?";
    if (!await confirms(terminal, question, false)) {
      print("Nothing was changed. To take it from the trunk: --unset-trunk");
      return false;
    }
  }
  const plans = numbers.map((number) => ({ number, changes: planOf(number, target, deps) }));
  const changing = plans.filter(({ changes }) => entriesOf(changes).length > 0);
  for (const { number: { number } } of plans.filter((plan) => !changing.includes(plan))) {
    print(`${number} is answered by this server; nothing has to change.`);
  }
  if (changing.length === 0) return true;
  const spoken = target.fallback?.kind === "phone"
    ? { VoiceFallbackUrl: `${FLOW_TO_BE_MADE}, which calls ${target.fallback.to}` }
    : {};
  for (const { number: { number, sid, settings }, changes } of changing) {
    print(`This changes at ${number}:`);
    describeChanges(settings, changes, spoken).forEach(print);
    const prior = deps.memory.find(sid);
    if (prior !== undefined && entriesOf(foreignChanges(settings, prior)).length > 0) {
      print(
        `  It was changed since it was connected on ${prior.rememberedAt}: --undo will bring back what is set now.`,
      );
    }
  }
  if (!await confirms(terminal, "Change it?", isAgreed)) {
    print("Nothing was changed. To agree beforehand: --yes");
    return false;
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
  print("To have all of it as it was before: deno task connect --undo");
  return true;
}

async function undo(
  { numbers, isAgreed }: ConnectOptions,
  deps: ConnectDeps,
  terminal: Terminal,
): Promise<number> {
  const { memory } = deps;
  const meant = memory.numbers.filter(({ number }) =>
    numbers.length === 0 || numbers.includes(number)
  );
  if (meant.length === 0) {
    terminal.print(`There is nothing to undo: ${memory.path} remembers no such number.`);
    return numbers.length === 0 ? 0 : 1;
  }
  let isWhole = true;
  for (const remembered of meant) {
    isWhole = await undoNumber(remembered, deps, terminal, isAgreed) && isWhole;
  }
  return isWhole ? 0 : 1;
}

/** One of Twilio's own, for tests: it stands for a number that has yet to be chosen. */
const ANY_NUMBER = "+15005550006";

const ADVICE: Readonly<Record<string, string>> = {
  provider_credentials:
    "Correct TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in .env, as Twilio's console shows them. A restricted API key must be allowed to change phone numbers.",
};

function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  Deno.addSignalListener("SIGINT", () => interrupted.abort());
  return interrupted.signal;
}

if (import.meta.main) {
  try {
    const options = readConnectOptions(Deno.args);
    if (options.help) console.log(connectUsage);
    else {
      const waitMs = Deno.stdin.isTerminal() ? 600_000 : 0;
      exitProcess(
        await runConnect(options, {
          environment: readEnvironment(),
          terminal: ownTerminal(),
          folder: "data",
          waitMs,
          untilInterrupted,
        }),
      );
    }
  } catch (error) {
    const isTold = error instanceof TypeError || error instanceof SettingsError;
    console.error(isTold ? error.message : error);
    exitProcess(2);
  }
}
