import { describeEvent } from "../sim/twilio/call/describeEvent.ts";
import { followScript } from "../sim/twilio/call/callerScript.ts";
import { readWav, writeWav } from "../sim/twilio/media/wav.ts";
import type { PhoneNetwork, SimulatedCall } from "../sim/twilio/phoneNetwork.ts";
import type { SimClock } from "../sim/twilio/simClock.ts";
import type { PhoneOptions } from "./phoneOptions.ts";
import { rehearsalLines } from "./phoneUsage.ts";

/** One run of the command: the simulated network, its options, and where its lines go. */
export interface PhoneRun {
  readonly network: PhoneNetwork;
  readonly options: PhoneOptions;
  readonly print: (line: string) => void;
  readonly interrupted: Promise<void>;
}

/** Lives through a call as the options say, and prints what happens; resolves with what was heard, in mu-law. */
export async function liveCall(
  call: SimulatedCall,
  { network, options, print, interrupted }: PhoneRun,
): Promise<Uint8Array> {
  let advice: string | undefined;
  call.watch((event) => {
    const line = describeEvent(event);
    if (line !== undefined) print(line);
    if (event.type === "requested") advice ??= adviceFor(event.status, event.body, options);
  });
  interrupted.then(() => call.hangUp());
  const { say, wav, digits, interruptAfterMs, maxMs, stays } = options;
  const lines = wav === undefined ? say : [...say, readWav(Deno.readFileSync(wav))];
  const onStep = (what: string) => print(`${" ".repeat(12)}person    ${what}`);
  const script = { lines, digits, interruptAfterMs, maxMs, stays, onStep };
  await (call.hasCallee
    ? waitForEnd(call, network.context.clock, options.calleeMaxMs)
    : followScript(call, network.context.clock, script));
  await call.settled;
  if (advice !== undefined) print(advice);
  return call.heardAudio();
}

/** A far end that acts by itself is hung up on only when the time is over. */
async function waitForEnd(call: SimulatedCall, clock: SimClock, maxMs: number): Promise<void> {
  const cancel = clock.at(clock.now() + maxMs, () => call.hangUp());
  await call.ended;
  cancel();
}

/** Writes what was heard to a WAV file, and says so. */
export function save(
  path: string,
  heard: Uint8Array,
  print: (line: string) => void,
  what = "What was heard",
): void {
  if (heard.every((code) => code === 0xff)) {
    return print(
      what === "What was heard"
        ? "Nothing was heard: no file is written."
        : "Nothing is on the tape: no file is written.",
    );
  }
  Deno.writeFileSync(path, writeWav(heard));
  print(`${what} (${(heard.length / 8_000).toFixed(1)} s) is in ${path}`);
}

/** What to do about an answer that ends the call before it begins. */
function adviceFor(status: number, body: string, options: PhoneOptions): string | undefined {
  if (status === 403) {
    return "The server refuses the signature: it must run with the TWILIO_AUTH_TOKEN and the " +
      `PUBLIC_URL that this command signs with (${options.publicUrl}).\n` +
      "Give them with --auth-token and --public-url, or --env-file.";
  }
  if (status === 503 && body.includes("phone_not_configured")) {
    return "The server has no phone. For a rehearsal put these lines into its .env, " +
      `start it again, and call again:\n${rehearsalLines}`;
  }
  if (status === 503) return "The server takes no call now: it is full, or about to stop.";
  return undefined;
}
