import { readEnvironment, readSettings, SettingsError } from "../config/env.ts";
import type { Environment } from "../config/settingReader.ts";
import type { PhoneSettings, Settings } from "../config/settings.ts";
import { envFileWarning } from "../services/setup.ts";
import type { AccountNumber } from "../services/twilioOutbound.ts";
import { present } from "../utils/present.ts";
import { exitProcess } from "../utils/processExit.ts";
import { ANY_NUMBER } from "./connect/anyNumber.ts";
import { chooseFallback } from "./connect/chooseFallback.ts";
import { chooseNumbers } from "./connect/chooseNumbers.ts";
import { type ConnectMemory, openConnectMemory, TUNNEL_MEMORY } from "./connect/connectMemory.ts";
import type { ConnectDeps } from "./connect/connectNumber.ts";
import { connectDeps, connectNumbers } from "./connect/connectNumbers.ts";
import { type ConnectOptions, connectUsage, readConnectOptions } from "./connect/connectOptions.ts";
import { tellProblem } from "./connect/tellProblem.ts";
import { settingsToUndo, undoNumbers } from "./connect/undoNumbers.ts";
import { waitDeps, waitForCall } from "./connect/waitForCall.ts";
import { ownTerminal, type Terminal } from "./terminal.ts";
import { endLeftProcesses } from "./tunnel/leftProcesses.ts";

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
  /** Milliseconds since 1970; that of this machine, where it is absent. */
  readonly now?: () => number;
}

/** Runs the command; resolves with its exit code: 1 where it did not do all that was asked. */
export async function runConnect(
  options: ConnectOptions,
  { environment, terminal, folder, ...waiting }: ConnectRun,
): Promise<number> {
  const { print } = terminal;
  const tunnelled = openConnectMemory(`${folder}/${TUNNEL_MEMORY}`);
  const isEnded = !options.undo || await endLeftProcesses(tunnelled, print);
  const own = environment["TWILIO_PHONE_NUMBER"]?.trim() || undefined;
  const settings = readSettings({
    ...(options.undo ? settingsToUndo(environment) : environment),
    // The command shows which numbers there are.
    ...((own === undefined || options.undo) &&
      { TWILIO_PHONE_NUMBER: options.numbers[0] ?? ANY_NUMBER }),
  });
  const { phone } = settings;
  if (phone === undefined) {
    print("Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and PUBLIC_URL in .env first.");
    return 1;
  }
  const deps = connectDeps(phone, openConnectMemory(`${folder}/connect.json`));
  try {
    return options.undo
      ? await undoNumbers(
        options,
        { tunnelled: connectDeps(phone, tunnelled), connected: deps },
        terminal,
      ) || Number(!isEnded)
      : await connect(options, {
        settings,
        phone,
        own,
        deps,
        tunnelled,
        terminal,
        environment,
        ...waiting,
      });
  } catch (error) {
    tellProblem(error, print);
    return 1;
  }
}

interface Connecting
  extends Pick<ConnectRun, "environment" | "waitMs" | "untilInterrupted" | "everyMs" | "now"> {
  readonly settings: Settings;
  readonly phone: PhoneSettings;
  /** TWILIO_PHONE_NUMBER. */
  readonly own: string | undefined;
  readonly deps: ConnectDeps;
  /** Numbers that a tunnel of `deno task dev` has. */
  readonly tunnelled: ConnectMemory;
  readonly terminal: Terminal;
}

async function connect(options: ConnectOptions, run: Connecting): Promise<number> {
  const { settings, phone, own, deps, tunnelled, terminal } = run;
  const { publicUrl } = phone;
  const { print } = terminal;
  const all = await deps.account.list();
  const chosen = await chooseNumbers(all, {
    ...{ wanted: options.numbers, preselected: own, publicUrl, terminal },
    account: deps.account,
  });
  if (chosen === undefined) return 1;
  const whyNot = ({ sid, number }: AccountNumber) =>
    tunnelled.find(sid) &&
    `${number} is connected to a tunnel of deno task dev. End that one with Ctrl-C; where it runs no more: ` +
      `deno task connect --undo ${number}`;
  const refused = chosen.map(whyNot).find((reason) => reason !== undefined);
  if (refused !== undefined) {
    print(refused);
    return 1;
  }
  const choice = await chooseFallback(options, { settings, publicUrl, chosen, all, terminal });
  if ("refused" in choice) {
    print(choice.refused);
    return 1;
  }
  const target = { publicUrl, fallback: choice.fallback };
  if (!await connectNumbers(chosen, target, options, { ...deps, whyNot }, terminal)) return 1;
  if (deps.memory.numbers.length > 0) {
    print("To have all of it as it was before: deno task connect --undo");
  }
  if (own === undefined) print(`Put TWILIO_PHONE_NUMBER=${chosen[0]?.number} into .env.`);
  await waitFor(chosen, options, run);
  return 0;
}

async function waitFor(
  numbers: readonly AccountNumber[],
  options: ConnectOptions,
  { settings, phone, deps, terminal, environment, everyMs, now, ...run }: Connecting,
): Promise<void> {
  const waitMs = options.waitMs ?? run.waitMs ?? 0;
  if (waitMs === 0) return;
  const waiting = {
    ...waitDeps({ settings, phone, deps, environment }),
    ...present({ everyMs, now }),
  };
  const signal = run.untilInterrupted?.() ?? new AbortController().signal;
  await waitForCall(numbers, waiting, terminal, {
    ...{ waitMs, signal },
    hint: " (Ctrl-C ends the wait, and leaves the number connected.)",
  });
}

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
      const warning = await envFileWarning();
      if (warning !== undefined) console.error(warning);
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
