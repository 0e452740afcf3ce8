import { newToken } from "../utils/ids.ts";
import { parseArgs } from "node:util";
import { dirname, resolve } from "node:path";
import {
  type NumberPlans,
  planOfWord,
  planWords,
  readNumberPlans,
} from "../sim/twilio/callee/readNumberPlans.ts";
import type { AccountState } from "../sim/twilio/account/accountState.ts";
import { readAccountState } from "../sim/twilio/account/readAccountState.ts";
import type { NumberPlan } from "../sim/twilio/phoneNetwork.ts";
import { parseSettings } from "./settingsFile.ts";

/** Settings that a server may run with to be called without Twilio; also this command's defaults. */
export const rehearsal = {
  PUBLIC_URL: "https://parley.example",
  TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000000",
  TWILIO_AUTH_TOKEN: "rehearsal",
  TWILIO_PHONE_NUMBER: "+12025550100",
  TWILIO_API_URL: "http://127.0.0.1:8089",
} as const;

/** Lines for `.env`, indented; with an API key of their own. */
export const rehearsalLines = Object.entries({
  ...rehearsal,
  API_KEYS: `ops:${newToken()};scopes=admin`,
})
  .map(([name, value]) => `  ${name}=${value}`)
  .join("\n");

/** Printed for `--help`. */
export const usage = `Call the running server as a phone would, without Twilio.

  deno task phone [options]            call the server
  deno task phone --serve [options]    be Twilio's REST API: the calls that the server places ring here, and
                                       "deno task phone" calls the account's number through it

Both print what happens, and write what was heard to WAV files. The whole description, with plans, menus and
transfers, is in docs/phone-simulator.md.

Before the first call, start the server ("deno task start") with these lines in its .env:
${rehearsalLines}

Examples
  deno task phone --say "Hello." --say "What time is it?"
  deno task phone --digits 1 --seconds 40
  deno task phone --serve --answer machine      then place a call, on another terminal:
    curl http://127.0.0.1:8000/api/outbound/initiate -H "X-API-Key: SECRET" \\
      -H "Content-Type: application/json" -d '{"to": "+12025550155"}'
    SECRET is what stands between "ops:" and ";" in API_KEYS.

What the person does who calls, or who answers as "human"
  --say TEXT             say this when the agent has finished; may be given several times
  --wav FILE             say what is in a WAV file (after --say)
                         (the built-in engine hears how long one spoke, not what was said)
  --digits 123#          then press keys
  --interrupt-after MS   do not wait: break in that long after the agent began to speak
  --seconds N            stay on the line for N seconds, or until the agent hangs up. Without it, the person
                         hangs up when the agent has answered the last of the above (after 120 s at the
                         latest), or after 20 s where there is none. Who acts by itself (below) has 180 s.
  --out FILE             where to write what was heard (heard.wav)
  --from +1...           the number that calls (+12025550123)
  --to +1...             the number that is called (TWILIO_PHONE_NUMBER)

Who answers the calls that the server places, those of transfers included
  --answer WHO           at all numbers:
     people              human (the default; does what the options above say), person, long-greeting, silent
     answering machines  machine, machine-no-beep, machine-two-parts, machine-picked-up, mailbox-full
     call screeners      screener, screener-pixel, screener-declined, screener-voicemail
     phone menus         menu (one of its branches has hold music, then a person)
     hold music          music (then a person)
     other tones         fax, busy-tone
     nobody              busy, no-answer, failed
  --plan FILE            at each number, in JSON: {"+12025550155": "screener", "*": "person"}, or your own
                         greetings, menus and steps

What the account is like that the server asks about
  --account FILE         in JSON: type and balance, further numbers, countries, errors, trunks and so on. "deno task
                         doctor" looks at it; docs/phone-simulator.md has the names

Transfers and conferences
  A call that is transferred calls people here: their calls are printed as well (leg N: by <Dial>; person N:
  placed by the server, for a transfer that asks the person first), who joins and leaves a conference too.
  What they heard is in heard-leg-N.wav and heard-person-N.wav. An example is under "A transfer by hand" in
  docs/phone-simulator.md.

The server
  --url URL              where it listens (http://127.0.0.1:PORT; PORT is 8000 unless set); it is then called there,
                         also where a stand-in that runs already knows another address
  --port N               where Twilio's API listens (the port of TWILIO_API_URL, or 8089). One command at a
                         time can have it; --port 0 calls without it: the server can neither transfer such a
                         call nor end it
  --env-file FILE        the settings it runs with, in place of those in .env (what the shell sets comes first)
  --account-sid, --auth-token, --public-url    the same settings, one by one
`;

/** The options of the command, with all defaults filled in. */
export interface PhoneOptions {
  readonly help: boolean;
  readonly serve: boolean;
  readonly url: string;
  /** Whether that was said by --url, and does not follow from PORT. */
  readonly isUrlGiven: boolean;
  readonly publicUrl: string;
  /** Whether that was given, and is not made up. */
  readonly isPublic: boolean;
  readonly accountSid: string;
  readonly authToken: string;
  readonly number: string;
  readonly apiKey: { readonly sid: string; readonly secret: string } | undefined;
  readonly from: string;
  readonly to: string;
  readonly say: readonly string[];
  readonly wav: string | undefined;
  readonly digits: string | undefined;
  readonly interruptAfterMs: number | undefined;
  readonly maxMs: number;
  /** Whether the person stays on the line for all of it. */
  readonly stays: boolean;
  /** The same for a far end that acts by itself: messages and screenings take their time. */
  readonly calleeMaxMs: number;
  readonly out: string;
  readonly port: number;
  /** What happens at the numbers that the server calls. */
  readonly plans: NumberPlans & { readonly others: NumberPlan };
  /** What is not as in a new account that is paid for. */
  readonly account: Partial<AccountState>;
}

/** Reads the command line; settings come from flags, then the environment, then the file. */
export function readPhoneOptions(
  args: readonly string[],
  environment: (name: string) => string | undefined,
  readFile: (path: string) => string | undefined,
  readAudio: (path: string) => Uint8Array = () => {
    throw new TypeError("Cannot read audio files");
  },
): PhoneOptions {
  const { values } = parseArgs({ args: [...args], options: flags, strict: true });
  const text = readFile(values["env-file"] ?? ".env");
  if (text === undefined && values["env-file"] !== undefined) {
    throw new TypeError(`Cannot read settings: there is no file ${values["env-file"]}`);
  }
  const file = parseSettings(text ?? "", environment);
  const setting = (name: string) => environment(name) || file[name] || undefined;
  const number = setting("TWILIO_PHONE_NUMBER") ?? rehearsal.TWILIO_PHONE_NUMBER;
  const [sid, secret] = [setting("TWILIO_API_KEY_SID"), setting("TWILIO_API_KEY_SECRET")];
  const answer = planOfWord(values.answer ?? "human");
  if (answer === undefined) throw new TypeError(`--answer must be one of ${planWords.join(", ")}`);
  const isScripted = [...values.say ?? [], values.wav, values.digits].some((it) => it);
  return {
    help: values.help ?? false,
    serve: values.serve ?? false,
    url: origin("--url", values.url ?? `http://127.0.0.1:${setting("PORT") ?? "8000"}`),
    isUrlGiven: values.url !== undefined,
    publicUrl: origin(
      "--public-url",
      values["public-url"] ?? setting("PUBLIC_URL") ?? rehearsal.PUBLIC_URL,
    ),
    isPublic: (values["public-url"] ?? setting("PUBLIC_URL")) !== undefined,
    accountSid: values["account-sid"] ?? setting("TWILIO_ACCOUNT_SID") ??
      rehearsal.TWILIO_ACCOUNT_SID,
    authToken: values["auth-token"] ?? setting("TWILIO_AUTH_TOKEN") ?? rehearsal.TWILIO_AUTH_TOKEN,
    number,
    apiKey: sid === undefined || secret === undefined ? undefined : { sid, secret },
    from: values.from ?? "+12025550123",
    to: values.to ?? number,
    say: values.say ?? [],
    wav: values.wav,
    digits: keys(values.digits),
    interruptAfterMs: values["interrupt-after"] === undefined
      ? undefined
      : whole("--interrupt-after", values["interrupt-after"], 600_000),
    maxMs: whole("--seconds", values.seconds ?? (isScripted ? "120" : "20"), 3_600) * 1_000,
    stays: values.seconds !== undefined,
    calleeMaxMs: whole("--seconds", values.seconds ?? "180", 3_600) * 1_000,
    out: values.out ?? "heard.wav",
    port: whole("--port", values.port ?? portOf(setting("TWILIO_API_URL")), 65_535),
    plans: { others: answer, ...plansOf(values.plan, readFile, readAudio) },
    account: values.account === undefined
      ? {}
      : readAccountState(jsonOf("the account", values.account, readFile)),
  };
}

const flags = {
  help: { type: "boolean", short: "h" },
  serve: { type: "boolean" },
  url: { type: "string" },
  "public-url": { type: "string" },
  "account-sid": { type: "string" },
  "auth-token": { type: "string" },
  "env-file": { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  say: { type: "string", multiple: true },
  wav: { type: "string" },
  digits: { type: "string" },
  "interrupt-after": { type: "string" },
  seconds: { type: "string" },
  out: { type: "string" },
  port: { type: "string" },
  answer: { type: "string" },
  plan: { type: "string" },
  account: { type: "string" },
} as const;

/** Where the server looks for Twilio's API, if that is on this machine. */
function portOf(url: string | undefined): string {
  const { hostname, port } = URL.parse(url ?? "") ?? new URL(rehearsal.TWILIO_API_URL);
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return isHere && port !== "" ? port : "8089";
}

function plansOf(
  path: string | undefined,
  readFile: (path: string) => string | undefined,
  readAudio: (path: string) => Uint8Array,
): NumberPlans {
  if (path === undefined) return { numbers: {} };
  const plans = jsonOf("plans", path, readFile);
  const folder = dirname(path);
  return readNumberPlans(plans, (file) => readAudio(resolve(folder, file)));
}

function jsonOf(
  what: string,
  path: string,
  readFile: (path: string) => string | undefined,
): unknown {
  const text = readFile(path);
  if (text === undefined) throw new TypeError(`Cannot read ${what}: there is no file ${path}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError(`Cannot read ${what}: ${path} is not JSON`);
  }
}

function origin(flag: string, value: string): string {
  const url = URL.parse(value);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.origin;
  throw new TypeError(`${flag} must be an http or https address, not "${value}"`);
}

function whole(flag: string, value: string, max: number): number {
  if (/^\d{1,7}$/.test(value) && Number(value) <= max) return Number(value);
  throw new TypeError(`${flag} must be a whole number up to ${max}, not "${value}"`);
}

function keys(value: string | undefined): string | undefined {
  if (value === undefined || /^[0-9A-D*#wW]+$/.test(value)) return value;
  throw new TypeError(`--digits may have 0-9, *, #, A-D, and w or W to wait, not "${value}"`);
}
