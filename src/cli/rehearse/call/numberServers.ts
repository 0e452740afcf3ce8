import { isShared, type PhoneSettings, type Settings } from "../../../config/settings.ts";
import { NotRehearsed } from "../../../scenarios/run/notRehearsed.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { openDatabase } from "../../../services/records.ts";
import { loadDialPolicy, openCommandCalls, type Settle } from "../../../services/spending.ts";
import { createTwilioCalls } from "../../../services/twilioOutbound.ts";
import { sleep } from "../../../utils/sleep.ts";
import { needsOwnServer } from "../needsOwnServer.ts";
import { createCallQueue } from "../callQueue.ts";
import { requireSameVersion } from "../sameVersion.ts";
import type { ScenarioServers, ServerSources } from "../serverSources.ts";
import { type CallReception, openReception } from "./callReception.ts";
import { billedMinutes, longestCallSeconds } from "./callTime.ts";
import { oneCall } from "./oneCall.ts";

export interface NumberOptions {
  /** As it was written on the command line. */
  readonly to: string;
  /** Asked once, before the first call. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** A status callback may be lost: by then a call has begun, or never does. */
  readonly beginsWithinMs?: number;
}

const BEGINS_WITHIN_MS = 75_000;
/** Twilio takes so much for the stream, beside the call. */
const STREAM_USD_PER_MINUTE = 0.004;

/**
 * Real calls to a number, through the operator's own Twilio and by their policy. Rejects with a `TypeError` that says
 * why there can be none.
 */
export async function numberServers(
  { to, confirm, beginsWithinMs = BEGINS_WITHIN_MS }: NumberOptions,
  { settings, signal, print }: Pick<ServerSources, "settings" | "signal" | "print">,
): Promise<ScenarioServers> {
  const { phone, server: { host, port }, database } = settings;
  if (phone === undefined) {
    throw new TypeError(
      "--call takes a Twilio account: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER and PUBLIC_URL.",
    );
  }
  await using opening = new AsyncDisposableStack();
  const { check, count } = await openCheck(settings, opening);
  const { number, usdPerMinute } = await check(to);
  const told = `Calling ${number} from ${phone.number} costs about $${usdPerMinute.toFixed(3)} a ` +
    "minute, and what is at that number may cost more. Go on?";
  if (!await confirm(told)) throw new TypeError("Nothing was called. --yes agrees beforehand.");
  const reception = opening.use(receptionAt({ hostname: host, port }, phone));
  const calls = createTwilioCalls(phone);
  const waitForTurn = createCallQueue();

  /** Counts a call, once the limits of a minute allow it; until then the number may have become one not to call. */
  async function counted(scenarioMs: number): Promise<Settle> {
    const maxMs = 1000 * longestCallSeconds(scenarioMs);
    const usd = usdPerMinute * billedMinutes(maxMs);
    for (let isWaiting = false;; isWaiting = true) {
      signal.throwIfAborted();
      await check(number);
      const placed = await count({ to: number, maxMs, usd });
      if (placed.ok) return placed.settle;
      const { sentence, code, retryAfterMs } = placed;
      if (retryAfterMs === undefined) {
        throw new TypeError(`${number} may not be called: ${sentence} (${code})`);
      }
      if (!isWaiting) print(`Waiting before the next call: ${sentence}`);
      await sleep(retryAfterMs, { signal });
    }
  }

  const opened = opening.move();
  return {
    engine: "what answers",
    against: number,
    usdPerMinute,
    notes: [
      `Calling ${number}: only the sound is known while it lasts, and no record. Times hold the way there and back.`,
      ...(isShared(database) ? [] : [
        "The limits of a day count the calls of this command alone: DATABASE_URL is in memory.",
      ]),
    ],
    async open(scenario, seed) {
      const reason = whyNot(scenario);
      if (reason !== undefined) throw new NotRehearsed(reason);
      const release = await waitForTurn();
      try {
        const settle = await counted(scenario.maxMs);
        return oneCall({
          ...{ number, usdPerMinute, seed, phone, calls, reception, beginsWithinMs },
          ...{ settle, print, release },
        });
      } catch (error) {
        release();
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/**
 * Holds a number against the policy, now, and counts calls to it in the operator's store. `check` rejects with a
 * `TypeError` for one that may not be called.
 */
async function openCheck(settings: Settings, opening: AsyncDisposableStack) {
  await requireSameVersion(settings.database, { by: "--call", mayBeAbsent: true });
  const store = await opening.use(openDatabase(settings.database)).store;
  const deps = { doNotCall: store.doNotCall, rulesOf: () => undefined };
  const policy = await loadDialPolicy(settings, deps, Date.now());
  const count = await openCommandCalls({ settings, store, policy, keyName: "rehearsal" });
  const check = async (to: string) => {
    const decision = await policy.check(to, Date.now());
    if (!decision.ok) {
      throw new TypeError(`${to} may not be called: ${decision.sentence} (${decision.code})`);
    }
    const { number } = decision;
    const usdPerMinute = policy.estimatedUsdPerMinute(number) + STREAM_USD_PER_MINUTE;
    return { number, usdPerMinute };
  };
  return { check, count };
}

function receptionAt(
  where: { readonly hostname: string; readonly port: number },
  { publicUrl, authToken }: PhoneSettings,
): CallReception {
  try {
    return openReception({ ...where, publicUrl, authToken });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new TypeError(
      `Port ${where.port} is in use: PUBLIC_URL has to reach this command while it calls. Stop the server there, or ` +
        "point the tunnel at another port and set it in PORT.",
    );
  }
}

function whyNot(scenario: Scenario): string | undefined {
  const { leg, called, callers } = scenario;
  if (leg === "browser") return "a browser cannot call a number";
  if (called !== undefined) return "the server is to call, and here it is called";
  if (callers.length > 1) return "the number is called by one caller at a time";
  const reason = needsOwnServer(scenario);
  if (reason !== undefined) return reason;
  const needsWords = callers.some(({ steps }) =>
    steps.some((step) =>
      step.type === "improvise" ||
      step.type === "say" && typeof step.when === "object" && !("afterMs" in step.when)
    )
  );
  return needsWords ? "its caller has to know the agent's words, and hears only sound" : undefined;
}
