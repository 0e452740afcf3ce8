import type { Environment } from "../../config/settingReader.ts";
import type { PhoneSettings, Settings } from "../../config/settings.ts";
import {
  type AccountNumber,
  alertMeaning,
  createTwilioAlerts,
  type IncomingCall,
  type TwilioAccountNumbers,
  type TwilioAlerts,
  TwilioProblem,
} from "../../services/twilioOutbound.ts";
import { sleep } from "../../utils/sleep.ts";
import { createServerApi, type ServerAnswer, type ServerApi } from "../serverApi.ts";
import type { Terminal } from "../terminal.ts";
import type { RememberedNumber } from "./connectMemory.ts";
import { type ConnectDeps, foreignChanges } from "./connectNumber.ts";
import { describeChanges, entriesOf, shown } from "./numberChanges.ts";

export interface WaitDeps {
  readonly account: Pick<TwilioAccountNumbers, "read" | "callsTo">;
  readonly alerts: TwilioAlerts;
  readonly server: ServerApi;
  readonly remembered: (sid: string) => RememberedNumber | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Between two looks. */
  readonly everyMs?: number;
}

/** What waiting works with, of the settings and the account. */
export function waitDeps({ settings, phone, deps, environment }: {
  readonly settings: Pick<Settings, "server">;
  readonly phone: PhoneSettings;
  readonly deps: ConnectDeps;
  readonly environment: Environment;
}): WaitDeps {
  return {
    account: deps.account,
    now: deps.now,
    alerts: createTwilioAlerts(phone),
    server: createServerApi(settings.server, environment),
    remembered: deps.memory.find,
  };
}

/** How long a call that Twilio has may take to be known here. */
const ARRIVAL_MS = 6000;
/** Alerts and settings are looked at less often: they are slow, and cost Twilio's patience. */
const LOOKS_PER_QUESTION = 5;

/**
 * Waits for the first call to one of the numbers, and says what arrived, or why it did not: by the running server,
 * Twilio's records of calls, its alerts, and the numbers' settings. Returns whether a call arrived.
 */
export async function waitForCall(
  numbers: readonly AccountNumber[],
  { account, alerts, server, remembered, now, everyMs = 2000 }: WaitDeps,
  { print }: Pick<Terminal, "print">,
  { waitMs, signal, hint = "" }: {
    readonly waitMs: number;
    readonly signal: AbortSignal;
    /** Follows the request to call. */
    readonly hint?: string;
  },
): Promise<boolean> {
  const beganAt = now();
  const known = new Set<string>();
  const told = new Set<string>();
  const missed = new Map<string, { readonly call: IncomingCall; readonly seenAt: number }>();
  for (const { number } of numbers) {
    for (const { sid } of await askTwilio(() => account.callsTo(number)) ?? []) known.add(sid);
  }
  const called = numbers.map(({ number }) => number).join(" or ");
  print(`Call ${called} now.${hint}`);

  for (let looks = 0; !signal.aborted && now() - beganAt < waitMs; looks++) {
    const answer = await server.callsSince(beganAt - 1000);
    tellServer(answer);
    if ("calls" in answer && answer.calls.length > 0) {
      for (const { from, agent, id } of answer.calls) {
        print(`A call from ${shown(from)} has arrived; ${shown(agent)} answers it (${shown(id)}).`);
      }
      return true;
    }
    await lookAtCalls();
    if (looks % LOOKS_PER_QUESTION === 0) await lookAtSettings();
    await sleep(everyMs, { signal });
  }
  if (!signal.aborted) await summarize();
  return false;

  function once(what: string, ...lines: readonly string[]): void {
    if (told.has(what)) return;
    told.add(what);
    lines.forEach(print);
  }

  function tellServer(answer: ServerAnswer): void {
    if ("calls" in answer) return;
    if (answer.problem === "away") {
      once("away", "The server does not run here yet: start it with deno task start.");
    } else {
      once(
        "refused",
        "The server does not tell of its calls: no key in API_KEYS that is written out has the scope calls:all.",
      );
    }
  }

  /** Calls that Twilio has taken and the server has not. */
  async function lookAtCalls(): Promise<void> {
    for (const { number } of numbers) {
      for (const call of await askTwilio(() => account.callsTo(number)) ?? []) {
        if (known.has(call.sid)) continue;
        const { seenAt } = missed.get(call.sid) ?? { seenAt: now() };
        missed.set(call.sid, { call, seenAt });
        if (now() - seenAt < ARRIVAL_MS) continue;
        known.add(call.sid);
        print(
          `Twilio has a call from ${shown(call.from)} (${
            shown(call.status)
          }), which did not get here.`,
        );
        await tellAlerts(call.sid);
      }
    }
  }

  async function tellAlerts(callSid?: string): Promise<void> {
    const all = await askTwilio(() => alerts.since(beganAt - 1000)) ?? [];
    const ofCall = all.filter(({ resourceSid }) => resourceSid === callSid);
    for (const { sid, code, url } of ofCall.length > 0 ? ofCall : all) {
      const at = url === "" ? "" : ` at ${shown(url)}`;
      once(`alert ${sid}`, `  Twilio's error ${code}${at}: ${alertMeaning(code)}`);
    }
  }

  async function lookAtSettings(): Promise<void> {
    for (const { sid, number } of numbers) {
      const before = remembered(sid);
      const current = await askTwilio(() => account.read(sid));
      if (before === undefined || current === undefined) continue;
      const changed = entriesOf(foreignChanges(current.settings, before));
      if (changed.length === 0) continue;
      const values = Object.fromEntries(changed.map(([name]) => [name, current.settings[name]]));
      const was = { ...before.before, ...before.set };
      once(
        `changed ${JSON.stringify(values)}`,
        `Somebody has changed ${number} meanwhile:`,
        ...describeChanges(was, values),
      );
    }
  }

  async function summarize(): Promise<void> {
    print(`No call has arrived in ${Math.round(waitMs / 1000)} seconds.`);
    await lookAtSettings();
    await tellAlerts();
    if (known.size === 0 && told.size === 0) {
      print("Twilio has no call to the number either: call it from another phone.");
    }
  }

  /** What cannot be asked now is asked again. */
  async function askTwilio<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TwilioProblem)) throw error;
      once(`twilio ${error.code}`, `Twilio could not be asked: ${error.message}`);
      return undefined;
    }
  }
}
