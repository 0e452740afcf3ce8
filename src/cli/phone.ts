import {
  createPhoneNetwork,
  type PhoneNetwork,
  type SimulatedCall,
} from "../sim/twilio/phoneNetwork.ts";
import { describeEvent } from "../sim/twilio/call/describeEvent.ts";
import { followScript } from "../sim/twilio/call/callerScript.ts";
import { startTwilioApi, type TwilioApi } from "../sim/twilio/api/twilioApi.ts";
import { readWav, writeWav } from "../sim/twilio/media/wav.ts";
import type { SimClock } from "../sim/twilio/simClock.ts";
import { createFliteVoice } from "../sim/voice/fliteVoice.ts";
import { type PhoneOptions, readPhoneOptions, rehearsalLines, usage } from "./phoneOptions.ts";
import { describePortHolder } from "./portHolder.ts";

/** One run of the command: the simulated network, its options, and where its lines go. */
interface PhoneRun {
  readonly network: PhoneNetwork;
  readonly options: PhoneOptions;
  readonly print: (line: string) => void;
  readonly interrupted: Promise<void>;
}

/** Runs the command; resolves with its exit code. */
export async function runPhone(
  options: PhoneOptions,
  print: (line: string) => void,
  interrupted: Promise<void>,
): Promise<number> {
  const voice = createFliteVoice({ voice: "rms" });
  const network = createPhoneNetwork({
    account: {
      accountSid: options.accountSid,
      authToken: options.authToken,
      number: options.number,
      apiKeySid: options.apiKey?.sid,
      apiKeySecret: options.apiKey?.secret,
    },
    publicUrl: options.publicUrl,
    baseUrl: options.url,
    statusPath: "/twilio/status",
    numbers: options.plans.numbers,
    otherNumbers: options.plans.others,
    voice,
  });
  try {
    const run = { network, options, print, interrupted };
    return await (options.serve ? serveApi(run) : callServer(run));
  } finally {
    await network.close();
    voice.close();
  }
}

async function callServer(run: PhoneRun): Promise<number> {
  const { network, options, print } = run;
  if (!await answers(options.url)) {
    print(
      `Nothing answers at ${options.url}. Start the server with "deno task start", ` +
        "or say where it is with --url.",
    );
    return 1;
  }
  // By Twilio's API the server ends the call, and takes it back after a restart.
  const api = await startApi(run);
  if (api === undefined) return 1;
  try {
    print(`Calling ${options.to} from ${options.from} at ${options.url}`);
    printLegs("leg", () => network.nextLeg(), run);
    printLegs("person", () => network.nextCall(), run);
    const call = network.call({ from: options.from, to: options.to });
    const heard = await liveCall(call, run);
    save(options.out, heard, print);
    return call.errors.length === 0 ? 0 : 1;
  } finally {
    await api.close();
  }
}

/** Undefined where its port is taken, which is printed. */
async function startApi({ network, options, print }: PhoneRun): Promise<TwilioApi | undefined> {
  const { port } = options;
  try {
    return startTwilioApi(network, { port });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    print(
      `Port ${port} is in use by ${await describePortHolder(
        port,
      )}. Stop it, or choose another port with ` +
        "--port, and start the server with that port in TWILIO_API_URL. With --port 0 you can call in " +
        "beside it; the server cannot transfer or end such a call.",
    );
    return undefined;
  }
}

async function serveApi(run: PhoneRun): Promise<number> {
  const { network, options, print, interrupted } = run;
  const api = await startApi(run);
  if (api === undefined) return 1;
  print(`Twilio's API is simulated at ${api.url}`);
  print(
    `Run the server at ${options.url} with TWILIO_API_URL=${api.url} and call out. ` +
      "Stop with Ctrl-C.",
  );
  printLegs("leg", () => network.nextLeg(), run);
  try {
    const stopped = interrupted.then(() => undefined);
    const lives: Promise<void>[] = [];
    for (let number = 1;; number++) {
      const call = await Promise.race([network.nextCall(), stopped]);
      if (call === undefined) break;
      const printOfCall = (line: string) => print(`call ${number}  ${line}`);
      printOfCall(`to ${call.to} from ${call.from}, ${call.sid}`);
      const path = options.out.replace(/(\.wav)?$/i, `-${number}.wav`);
      const life = liveCall(call, { ...run, print: printOfCall })
        .then((heard) => {
          for (const [index, { audio }] of call.tapes.entries()) {
            const name = path.replace(
              /\.wav$/i,
              index === 0 ? ".tape.wav" : `.tape-${index + 1}.wav`,
            );
            save(name, audio, printOfCall, "What is on the tape");
          }
          save(path, heard, printOfCall);
        })
        .catch((error) =>
          printOfCall(`ERROR     ${error instanceof Error ? error.message : error}`)
        );
      lives.push(life);
    }
    await Promise.all(lives);
    return 0;
  } finally {
    await api.close();
  }
}

/** Prints what happens on calls that come of another one, until the network closes. */
async function printLegs(
  name: string,
  next: () => Promise<SimulatedCall>,
  { options, print, interrupted }: PhoneRun,
): Promise<void> {
  for (let number = 1;; number++) {
    const leg = await next().catch(() => undefined);
    if (leg === undefined) return;
    const printOfLeg = (line: string) => print(`${name} ${number}  ${line}`);
    printOfLeg(`to ${leg.to} from ${leg.from}, ${leg.sid}`);
    leg.watch((event) => {
      const line = describeEvent(event);
      if (line !== undefined) printOfLeg(line);
    });
    interrupted.then(() => leg.hangUp());
    const path = options.out.replace(/(\.wav)?$/i, `-${name}-${number}.wav`);
    leg.ended.then(() => save(path, leg.heardAudio(), printOfLeg))
      .catch((error) => printOfLeg(`ERROR     ${error instanceof Error ? error.message : error}`));
  }
}

async function liveCall(
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

function save(
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

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("/health", url), { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
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

function readAudio(path: string): Uint8Array {
  return readWav(Deno.readFileSync(path));
}

function readFile(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

if (import.meta.main) {
  try {
    const options = readPhoneOptions(Deno.args, (name) => Deno.env.get(name), readFile, readAudio);
    if (options.help) console.log(usage);
    else {
      const interrupted = Promise.withResolvers<void>();
      const interrupt = () => interrupted.resolve();
      Deno.addSignalListener("SIGINT", interrupt);
      const code = await runPhone(options, (line) => console.log(line), interrupted.promise);
      Deno.exit(code);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      console.error(`There is no such file or folder: ${/'(.*)'$/.exec(error.message)?.[1]}`);
    } else console.error(error instanceof Error ? error.message : error);
    Deno.exit(2);
  }
}
