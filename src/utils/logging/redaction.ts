import { pseudonymOf } from "../pseudonym.ts";

/** Replaces private values in logs. */
export const REDACTED = "[redacted]";

/** Shows the first digit and the last two of a phone number, enough to distinguish two. */
export function maskNumber(number: string): string {
  const digits = number.replace(/^%2B|\D/g, "");
  return digits.length < 7 ? REDACTED : `+${digits[0]}…${digits.slice(-2)}`;
}

/**
 * Masks what looks like a secret or a phone number anywhere in a text: keys of OpenAI and
 * Twilio, bearer and connection tokens, passwords and queries of URLs, quotations of unreadable
 * JSON, numbers with a country code. Addresses of e-mail become pseudonyms.
 */
export function maskText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  let masked = text.includes(UNREADABLE_JSON) ? withoutQuotation(text) : text;
  for (const [pattern, replacement] of MASKS) masked = masked.replace(pattern, replacement);
  return masked.replace(PHONE_NUMBER, maskNumber).replace(ADDRESS, personOf);
}

/** The same for one address as long as the process lives, so that lines about one person can be found. */
function personOf(address: string): string {
  return `person-${pseudonymOf(address.toLowerCase(), salt).slice(0, 8)}`;
}

const salt = crypto.randomUUID();

/** Removes everything from the first quotation mark on: the quoted text may contain more of them. */
function withoutQuotation(text: string): string {
  const end = text.lastIndexOf(UNREADABLE_JSON);
  const start = text.indexOf('"');
  if (start < 0 || start > end) return text;
  return text.slice(0, start).replace(/\.\.\.$/, "") + REDACTED + text.slice(end);
}

/** Whether this value must be redacted in a field of this name. */
export function isSensitive(name: string, value: unknown): boolean {
  const sensitivity = sensitivityOf(name);
  return sensitivity === "always" ||
    (sensitivity === "in words" && typeof value !== "number" && typeof value !== "boolean");
}

/** "In words": numbers and booleans are shown, as in `inputTokens: 12`. */
type Sensitivity = "always" | "in words" | "never";

/** Values of names with one of these as the last word are always redacted: `apiKey`, `tool_arguments`, `to`. */
const SENSITIVE_WORDS: ReadonlySet<string> = new Set([
  ..."key apikey token authtoken accesstoken secret password passphrase".split(" "),
  ..."authorization auth cookie credential credentials signature".split(" "),
  ..."to from caller called callee phone phonenumber".split(" "),
  ..."digit digits dtmf transcript text utterance arguments args".split(" "),
  ..."query search body audio payload variables context instructions".split(" "),
]);

/** Values of names that contain one of these are shown only as numbers or booleans. */
const SENSITIVE_PARTS =
  /token|secret|passw|authorization|credential|cookie|phone|transcript|keys$|texts$|numbers?$/;

/** Names come from code, but nested records may contain any number of them. */
const MAX_REMEMBERED_NAMES = 1000;
const sensitivities = new Map<string, Sensitivity>();

/** One fast test for the many texts without secrets; must match whatever a mask matches. */
const SUSPICIOUS =
  /[?+@]|%2B|sk-|[es]k_|[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]\s|token\.|eyJ|not valid JSON|\b(?:AC|SK)?[\da-fA-F]{32}\b|(?<![\w-])[\w-]{43}(?![\w-])/;

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/)[^\s/@]*@/g, `$1${REDACTED}@`],
  [/\?[^\s?"'<>]*=[^\s"'<>]*/g, `?${REDACTED}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/\b(sk-|[es]k_)[\w-]+/g, `$1${REDACTED}`],
  [/\btoken\.[\w-]+/g, `token.${REDACTED}`],
  [/\beyJ[\w-]+(?:\.[\w-]*)*/g, REDACTED],
  // The prefix of account and API key ids is kept; 32 hex digits alone look like an auth token.
  [/\b(AC|SK|)[\da-fA-F]{32}\b/g, `$1${REDACTED}`],
  // Our own tokens: 256 bits of base64url.
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, REDACTED],
];

/** Of e-mail, and not the user of a SIP address or what stands before the host of a URL. */
const ADDRESS =
  /(?<![\p{L}\p{M}\p{N}_.!#$%&'*+/=?^`{|}~\]:\-])[\p{L}\p{M}\p{N}_.!#$%&'*+/=?^`{|}~\-]{1,64}@(?:[a-z0-9\-]+(?:\.[a-z0-9\-]+)+|[a-z][a-z0-9\-]*)/giu;

/** V8 quotes what JSON.parse could not read. */
const UNREADABLE_JSON = " is not valid JSON";

const PHONE_NUMBER = /(?:\+|%2B)[ (]?\d(?:[ ().-]{0,2}\d){6,14}/g;

function sensitivityOf(name: string): Sensitivity {
  const known = sensitivities.get(name);
  if (known !== undefined) return known;
  if (sensitivities.size >= MAX_REMEMBERED_NAMES) sensitivities.clear();
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z\d]+/);
  const joined = words.join("");
  const sensitivity = SENSITIVE_WORDS.has(words.at(-1) ?? "") || SENSITIVE_WORDS.has(joined)
    ? "always"
    : SENSITIVE_PARTS.test(joined)
    ? "in words"
    : "never";
  sensitivities.set(name, sensitivity);
  return sensitivity;
}
