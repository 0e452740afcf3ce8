import { createPhoneNetwork, type SimulatedCall } from "../sim/twilio/phoneNetwork.ts";
import { describeEvent } from "../sim/twilio/call/describeEvent.ts";
import {
  startTwilioApi,
  type TwilioApi,
  type TwilioApiOptions,
} from "../sim/twilio/api/twilioApi.ts";
import { readWav } from "../sim/twilio/media/wav.ts";
import { createFliteVoice } from "../sim/voice/fliteVoice.ts";
import { type PhoneOptions, readPhoneOptions } from "./phoneOptions.ts";
import { phoneUsage } from "./phoneUsage.ts";
import { ownTerminal } from "./terminal.ts";
import { liveCall, type PhoneRun, save } from "./phoneCall.ts";
import { answerWish, type Asked, callThrough } from "./phoneThrough.ts";
import { describePortHolder } from "./portHolder.ts";

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
  // A stand-in that runs already knows what answers the number, also where the server is away.
  const through = options.wav === undefined && !options.isUrlGiven
    ? await callThrough(options, {
      print,
      interrupted: run.interrupted,
      keep: (heard) => save(options.out, heard, print),
    })
    : undefined;
  if (through !== undefined) return through;
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
async function startApi(
  { network, options, print }: PhoneRun,
  more: Pick<TwilioApiOptions, "beside"> = {},
): Promise<TwilioApi | undefined> {
  const { port } = options;
  try {
    return startTwilioApi(network, { port, accountState: options.account, ...more });
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
  const lives: Promise<unknown>[] = [];
  const place = (asked: Asked, tell: (line: string) => void) => {
    if (api === undefined) throw new Error("Cannot call: there is no API");
    const both = (line: string) => [print, tell].forEach((to) => to(line));
    const call = api.callIn({ from: asked.from, to: asked.to });
    both(`call in to ${call.to} from ${call.from}, ${call.sid}`);
    const ofCall = { ...run, options: { ...options, wav: undefined, ...asked }, print: both };
    const over = liveCall(call, ofCall)
      .catch((error) => both(`ERROR     ${error instanceof Error ? error.message : error}`))
      .then((heard) => heard ?? undefined);
    lives.push(over);
    return { call, over };
  };
  const keep = (heard: Uint8Array) => save(options.out, heard, print);
  const beside = (request: Request) => answerWish(request, { account: options, place, keep });
  const api = await startApi(run, { beside });
  if (api === undefined) return 1;
  if (!options.isPublic) api.setVoiceUrl("https://demo.twilio.com/welcome/voice/");
  print(`Twilio's API is simulated at ${api.url}`);
  print(
    `Run the server at ${options.url} with TWILIO_API_URL=${api.url} and call out. ` +
      "Stop with Ctrl-C.",
  );
  printLegs("leg", () => network.nextLeg(), run);
  try {
    const stopped = interrupted.then(() => undefined);
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

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("/health", url), { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
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
    if (options.help) console.log(phoneUsage);
    else {
      const interrupted = Promise.withResolvers<void>();
      const interrupt = () => interrupted.resolve();
      Deno.addSignalListener("SIGINT", interrupt);
      const code = await runPhone(options, ownTerminal().print, interrupted.promise);
      Deno.exit(code);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      console.error(`There is no such file or folder: ${/'(.*)'$/.exec(error.message)?.[1]}`);
    } else console.error(error instanceof Error ? error.message : error);
    Deno.exit(2);
  }
}
