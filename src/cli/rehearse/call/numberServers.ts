import { isShared, type PhoneSettings, type Settings } from "../../../config/settings.ts";
import { keptMs } from "../../../scenarios/run/keptMs.ts";
import { NotRehearsed } from "../../../scenarios/run/notRehearsed.ts";
import type { ScenarioServer } from "../../../scenarios/run/scenarioServer.ts";
import type { Scenario, ScenarioCaller } from "../../../scenarios/scenario.ts";
import { openDatabase } from "../../../services/records.ts";
import { loadDialPolicy, openCommandCalls, type Settle } from "../../../services/spending.ts";
import {
  createTwilioCalls,
  type TwilioCalls,
  TwilioProblem,
} from "../../../services/twilioOutbound.ts";
import { createPhoneNetwork } from "../../../sim/twilio/phoneNetwork.ts";
import { sleep } from "../../../utils/sleep.ts";
import { needsOwnServer } from "../needsOwnServer.ts";
import { createCallQueue } from "../callQueue.ts";
import type { ScenarioServers, ServerSources } from "../serverSources.ts";
import { type CallReception, openReception } from "./callReception.ts";
import { StreamEnd } from "./streamEnd.ts";

export interface NumberOptions {
  /** As it was written on the command line. */
  readonly to: string;
  /** Asked once, before the first call. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** A status callback may be lost: by then a call has begun, or never does. */
  readonly beginsWithinMs?: number;
}

const RING_SECONDS = 40;
const BEGINS_WITHIN_MS = 75_000;
/** How long a call goes on beyond its scenario, where nothing else ends it. */
const SPARE_SECONDS = 15;
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
  async function counted(maxMs: number): Promise<Settle> {
    for (let isWaiting = false;; isWaiting = true) {
      signal.throwIfAborted();
      await check(number);
      const usd = usdPerMinute * Math.ceil(maxMs / 60_000);
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
          ...{ number, usdPerMinute, seed, phone, calls, reception, beginsWithinMs, signal },
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

function oneCall(
  { number, usdPerMinute, seed, phone, calls, reception, beginsWithinMs, signal, ...deps }: {
    readonly number: string;
    readonly seed: number;
    readonly phone: PhoneSettings;
    readonly calls: TwilioCalls;
    readonly reception: CallReception;
    readonly beginsWithinMs: number;
    readonly signal: AbortSignal;
    readonly usdPerMinute: number;
    readonly settle: Settle;
    readonly print: (line: string) => void;
    readonly release: () => void;
  },
): ScenarioServer {
  const { settle, print, release } = deps;
  const network = createPhoneNetwork({ account: phone, publicUrl: phone.publicUrl, seed });
  const { clock, random } = network.context;
  const ends: Promise<void>[] = [];
  let talkMs: (() => number) | undefined;
  return {
    network,
    origin: phone.publicUrl,
    request: () => Promise.resolve(new Response(null, { status: 404 })),
    async call({ maxMs }: Scenario, { line }: ScenarioCaller) {
      let sid: string | undefined;
      let isOver = false;
      const hangUp = async () => {
        if (sid !== undefined) await calls.end(sid, { unanswered: !end.isStarted }).catch(() => {});
      };
      const endCall = () => {
        isOver = true;
        ends.push(hangUp());
      };
      const { lossPercent, noise } = line;
      const end = new StreamEnd({
        ...{ clock, random, endCall },
        line: { lossPercent, noise },
        keepMs: keptMs(maxMs),
      });
      const { streamUrl, statusUrl, forget } = reception.expect(end);
      end.settled.then(forget);
      const timer = setTimeout(() => end.end(LATE), beginsWithinMs);
      const stop = () => end.end("the rehearsal was interrupted");
      signal.addEventListener("abort", stop, { once: true });
      try {
        talkMs = () => end.talkMs;
        const placed = await calls.create({
          to: number,
          from: phone.number,
          twiml: `<Response><Connect><Stream url="${streamUrl}"/></Connect></Response>`,
          statusCallback: statusUrl,
          statusCallbackEvent: ["completed"],
          timeout: RING_SECONDS,
          timeLimit: Math.ceil(maxMs / 1000) + RING_SECONDS + SPARE_SECONDS,
        });
        sid = placed.sid;
        if (isOver) ends.push(hangUp());
        await end.started;
        return end;
      } catch (error) {
        end.end("it was given up");
        // What Twilio refused was never placed; of what it did not answer nobody knows.
        if (error instanceof TwilioProblem && error.twilioCode !== undefined) talkMs = undefined;
        throw error instanceof TwilioProblem ? new Error(`Twilio: ${error.message}`) : error;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
      }
    },
    async [Symbol.asyncDispose]() {
      try {
        await Promise.all(ends);
        await network.close();
        const minutes = talkMs && talkMs() / 60_000;
        const spent = minutes === undefined
          ? undefined
          : { minutes, usd: usdPerMinute * Math.ceil(minutes) };
        // The call was made all the same: its place in the limits ends by itself.
        await settle(spent).catch(() => print("The call could not be counted in the database."));
      } finally {
        release();
      }
    },
  };
}

const LATE =
  "no stream came. Does PUBLIC_URL reach this command over a tunnel that passes WebSockets, and has the account no trial's limits?";
