import type { SettingReader } from "./settingReader.ts";
import type { PhoneSettings } from "./settings.ts";

const TWILIO_URL = "https://api.twilio.com";
const BIN_URL = "https://handler.twilio.com/twiml/EHxxxxxxxx";

/** Reads the phone's settings; undefined where none is set. Only all together are valid. */
export function readPhone(
  read: SettingReader,
  publicUrl: string | undefined,
): PhoneSettings | undefined {
  const accountSid = read.matching(
    "TWILIO_ACCOUNT_SID",
    /^AC[0-9a-f]{32}$/i,
    "must be AC and 32 hex digits, as the Twilio console shows it.",
  );
  const number = read.matching(
    "TWILIO_PHONE_NUMBER",
    /^\+[1-9]\d{6,14}$/,
    "must be in E.164 form, such as +14155550123.",
  );
  const sid = read.matching(
    "TWILIO_API_KEY_SID",
    /^SK[0-9a-f]{32}$/i,
    "must be SK and 32 hex digits, as the Twilio console shows it.",
  );
  const authToken = read.text("TWILIO_AUTH_TOKEN");
  const secret = read.text("TWILIO_API_KEY_SECRET");
  const apiUrl = read.url("TWILIO_API_URL", TWILIO_URL, ": credentials are sent to it.");

  const fallbackUrl = read.url("TWILIO_FALLBACK_URL", BIN_URL, ": Twilio asks it during calls.");
  if (fallbackUrl !== undefined && fallbackUrl.origin === publicUrl) {
    read.problem("TWILIO_FALLBACK_URL is on this server: it is asked while this server is away.");
  }

  const wanted = ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER"];
  const missing = wanted.filter((name) => read.text(name) === undefined);
  const pair = ["TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET"];
  const half = pair.filter((name) => read.text(name) === undefined);
  if (half.length === 1) {
    read.problem(`${half[0]} is missing: the two parts of a Twilio API key belong together.`);
  }
  if (missing.length === wanted.length && half.length === pair.length) return undefined;
  for (const name of missing) {
    read.problem(`${name} is missing: the phone needs ${wanted.join(", ")}; set all or none.`);
  }
  if (publicUrl === undefined && read.text("PUBLIC_URL") === undefined) {
    read.problem(
      "PUBLIC_URL is missing: the phone needs the https origin at which Twilio reaches this server.",
    );
  }
  if (publicUrl?.startsWith("http:")) {
    read.problem(
      "PUBLIC_URL must begin with https:// where the phone is on: Twilio streams to wss:// alone.",
    );
  }
  if (
    accountSid === undefined || authToken === undefined || number === undefined ||
    publicUrl === undefined
  ) return undefined;
  return {
    accountSid,
    authToken,
    number,
    ...(sid !== undefined && secret !== undefined && { apiKey: { sid, secret } }),
    apiUrl: apiUrl?.origin ?? TWILIO_URL,
    publicUrl,
    ...(fallbackUrl !== undefined && { fallbackUrl: fallbackUrl.href }),
  };
}
