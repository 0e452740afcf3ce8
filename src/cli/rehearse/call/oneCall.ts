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
  { number, usdPerMinute, seed, phone, calls, reception, beginsWithinMs, ...deps }: {
    readonly number: string;
    readonly seed: number;
    readonly phone: PhoneSettings;
    readonly calls: TwilioCalls;
    readonly reception: CallReception;
    readonly beginsWithinMs: number;
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
  let placed: { readonly end: StreamEnd; readonly longestMs: number } | undefined;
  /** Where it could not be hung up. */
  let mayGoOn = false;
  let forget = () => {};
  /** Undefined where nobody knows. */
  const billedMsOf = ({ end, longestMs }: NonNullable<typeof placed>) => {
    const billedMs = mayGoOn && !end.isReportedOver ? undefined : end.billedMs;
    return billedMs === undefined ? undefined : Math.min(billedMs, longestMs);
  };
  const costOf = (talkedMs: number) => ({ talkedMs, usd: usdPerMinute * billedMinutes(talkedMs) });
  return {
    network,
    origin: phone.publicUrl,
    request: () => Promise.resolve(new Response(null, { status: 404 })),
    async cost() {
      await Promise.all(ends);
      const billedMs = placed === undefined ? 0 : billedMsOf(placed);
      return billedMs === undefined ? undefined : costOf(billedMs);
    },
    async call({ maxMs }: Scenario, { line }: ScenarioCaller, signal?: AbortSignal) {
      let sid: string | undefined;
      let isOver = false;
      const longestSeconds = longestCallSeconds(maxMs);
      const hangUp = async () => {
        if (sid === undefined || end.isReportedOver) return;
        try {
          await calls.end(sid, { unanswered: !end.isStarted });
        } catch (error) {
          mayGoOn = true;
          const reason = error instanceof Error ? error.message : String(error);
          print(
            `The call to ${number} could not be hung up, and may go on until its time limit of ${longestSeconds} ` +
              `seconds. ${reason}`,
          );
        }
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
      // The listener of a signal that is aborted already is never called.
      signal?.throwIfAborted();
      const expected = reception.expect(end);
      forget = expected.forget;
      const timer = setTimeout(() => end.end(LATE), beginsWithinMs);
      const stop = () => end.end("the rehearsal was interrupted");
      signal?.addEventListener("abort", stop, { once: true });
      try {
        placed = { end, longestMs: 1000 * longestSeconds };
        const created = await calls.create({
          to: number,
          from: phone.number,
          twiml: `<Response><Connect><Stream url="${expected.streamUrl}"/></Connect></Response>`,
          statusCallback: expected.statusUrl,
          statusCallbackEvent: ["answered", "completed"],
          timeout: RING_SECONDS,
          timeLimit: longestSeconds,
        });
        sid = created.sid;
        if (isOver) ends.push(hangUp());
        await end.started;
        return end;
      } catch (error) {
        end.end("it was given up");
        // What Twilio refused was never placed; what it did not answer may be, and nobody can hang it up.
        if (error instanceof TwilioProblem && error.code !== "outcome_unknown") placed = undefined;
        else if (sid === undefined) mayGoOn = true;
        throw error instanceof TwilioProblem ? new Error(`Twilio: ${error.message}`) : error;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      }
    },
    async [Symbol.asyncDispose]() {
      try {
        await Promise.all(ends);
        await network.close();
        forget();
        const billed = placed && costOf(billedMsOf(placed) ?? placed.longestMs);
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
