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
import { rehearsal } from "./phoneUsage.ts";
import { parseSettings } from "./settingsFile.ts";

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
