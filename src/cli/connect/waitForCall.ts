import type { Environment } from "../../config/settingReader.ts";
import type { PhoneSettings, Settings } from "../../config/settings.ts";
import {
  type AccountNumber,
  alertMeaning,
  concernsServer,
  createTwilioAlerts,
  isFault,
  type TwilioAccountNumbers,
  type TwilioAlerts,
  TwilioProblem,
} from "../../services/twilioOutbound.ts";
import { sleep } from "../../utils/sleep.ts";
import { type CallsAnswer, createServerApi, type ServerApi } from "./serverApi.ts";
import type { Terminal } from "../terminal.ts";
import type { RememberedNumber } from "./rememberedNumber.ts";
import { type ConnectDeps, foreignChanges } from "./connectNumber.ts";
import { describeChanges, entriesOf, shown, shownUrl } from "./numberChanges.ts";

export interface WaitDeps {
  readonly account: Pick<TwilioAccountNumbers, "read" | "callsTo">;
  readonly alerts: TwilioAlerts;
  readonly server: ServerApi;
  readonly publicUrl: string;
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
    publicUrl: phone.publicUrl,
    alerts: createTwilioAlerts(phone),
    server: createServerApi(settings.server, environment),
    remembered: deps.memory.find,
  };
}

/** Looks that a call which Twilio has may take to be known here: some seconds. */
const LOOKS_TO_ARRIVE = 3;
/** Twilio answers these slowly: errors and settings are looked at less often than calls. */
const LOOKS_PER_QUESTION = 5;

/**
 * Waits for the first call to one of the numbers, and says what arrived, or why it did not: by the running server,
 * Twilio's records of calls, its alerts, and the numbers' settings. Returns whether a call arrived.
 */
export async function waitForCall(
  numbers: readonly AccountNumber[],
  { account, alerts, server, publicUrl, remembered, now, everyMs = 2000 }: WaitDeps,
  { print }: Pick<Terminal, "print">,
  { waitMs, signal, hint = "" }: {
    readonly waitMs: number;
    readonly signal: AbortSignal;
    /** Follows the request to call. */
    readonly hint?: string;
  },
): Promise<boolean> {
  const beganAt = now();
  // Twilio tells times in whole seconds.
  const since = beganAt - 1000;
  const told = new Set<string>();
  /** Looks at each call that Twilio has. */
  const looksAt = new Map<string, number>();
  const missed = new Set<string>();
  let isListed = false;
  const called = numbers.map(({ number }) => number);
  print(`Call ${called.join(" or ")} now.${hint}`);

  for (let looks = 0; !signal.aborted && now() - beganAt < waitMs; looks++) {
    const answer = await server.callsSince(since);
    tellServer(answer);
    const arrived = "calls" in answer ? answer.calls.filter(({ to }) => called.includes(to)) : [];
    for (const { from, agent, id } of arrived) {
      print(`A call from ${shown(from)} has arrived; ${shown(agent)} answers it (${shown(id)}).`);
    }
    if (arrived.length > 0) return true;
    await lookAtCalls("calls" in answer);
    if (looks % LOOKS_PER_QUESTION === 0) {
      await lookAtSettings();
      if (missed.size > 0) await tellAlerts();
    }
    await sleep(everyMs, { signal });
  }
  if (!signal.aborted) await summarize();
  return false;

  function once(what: string, ...lines: readonly string[]): void {
    if (told.has(what)) return;
    told.add(what);
    lines.forEach(print);
  }

  function tellServer(answer: CallsAnswer): void {
    if ("calls" in answer) return;
    if (answer.problem === "away") {
      once(
        "away",
        `No server answers at ${server.origin}: start it with deno task start. Of one on another machine, what ` +
          "arrives there cannot be told here.",
      );
    } else {
      once(
        "refused",
        "The server does not tell of its calls: no key in API_KEYS that is written out has the scope calls:all.",
      );
    }
  }

  /** Calls that Twilio has taken and the server has not, as far as that is told. */
  async function lookAtCalls(isTold: boolean): Promise<void> {
    isListed = true;
    for (const number of called) {
      const calls = await askTwilio(() => account.callsTo(number, since));
      if (calls === undefined) isListed = false;
      for (const { sid, from, status } of calls ?? []) {
        const looks = (looksAt.get(sid) ?? 0) + 1;
        looksAt.set(sid, looks);
        if (looks <= LOOKS_TO_ARRIVE || missed.has(sid)) continue;
        missed.add(sid);
        const what = `Twilio has a call from ${shown(from)} (${shown(status)})`;
        print(
          isTold
            ? `${what}, which did not get here.`
            : `${what}; whether the server got it cannot be told.`,
        );
      }
    }
  }

  /** Twilio lists errors some time after they arose: they are asked for again and again. */
  async function tellAlerts(): Promise<void> {
    const all = await askTwilio(() => alerts.since(since)) ?? [];
    const ours = all.filter((alert) =>
      looksAt.has(alert.resourceSid) ? isFault(alert.code) : concernsServer(alert, publicUrl)
    );
    for (const { sid, code, url } of ours) {
      const at = url === "" ? "" : ` at ${shownUrl(url)}`;
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
    if (isListed && looksAt.size === 0) {
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
