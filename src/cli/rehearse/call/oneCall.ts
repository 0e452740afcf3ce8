import type { PhoneSettings } from "../../../config/settings.ts";
import { keptMs } from "../../../scenarios/run/keptMs.ts";
import type { ScenarioServer } from "../../../scenarios/run/scenarioServer.ts";
import type { Scenario, ScenarioCaller } from "../../../scenarios/scenario.ts";
import type { Settle } from "../../../services/spending.ts";
import { type TwilioCalls, TwilioProblem } from "../../../services/twilioOutbound.ts";
import { createPhoneNetwork } from "../../../sim/twilio/phoneNetwork.ts";
import type { CallReception } from "./callReception.ts";
import { billedMinutes, longestCallSeconds } from "./callTime.ts";
import { StreamEnd } from "./streamEnd.ts";

const RING_SECONDS = 40;

/** What is reached by one call to a number, which is settled by what the carrier bills once it is disposed of. */
export function oneCall(
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
  /** Absent where no call was placed. */
  let billedMs: (() => number) | undefined;
  const costOf = (talkedMs: number) => ({ talkedMs, usd: usdPerMinute * billedMinutes(talkedMs) });
  return {
    network,
    origin: phone.publicUrl,
    request: () => Promise.resolve(new Response(null, { status: 404 })),
    cost: () => costOf(billedMs?.() ?? 0),
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
        billedMs = () => end.billedMs;
        const placed = await calls.create({
          to: number,
          from: phone.number,
          twiml: `<Response><Connect><Stream url="${streamUrl}"/></Connect></Response>`,
          statusCallback: statusUrl,
          statusCallbackEvent: ["answered", "completed"],
          timeout: RING_SECONDS,
          timeLimit: longestCallSeconds(maxMs),
        });
        sid = placed.sid;
        if (isOver) ends.push(hangUp());
        await end.started;
        return end;
      } catch (error) {
        end.end("it was given up");
        // What Twilio refused was never placed; of what it did not answer nobody knows.
        if (error instanceof TwilioProblem && error.twilioCode !== undefined) billedMs = undefined;
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
        const billed = billedMs && costOf(billedMs());
        const spent = billed && { minutes: billed.talkedMs / 60_000, usd: billed.usd };
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
