/** What stands in a log in the place of what must not. */
export const REDACTED = "[redacted]";

/** Shows enough of a phone number to tell two apart: its first digit and its last two. */
export function maskNumber(number: string): string {
  const digits = number.replace(/^%2B|\D/g, "");
  return digits.length < 7 ? REDACTED : `+${digits[0]}…${digits.slice(-2)}`;
}

/**
 * Masks whatever looks like a secret or a phone number anywhere in a text: keys of OpenAI and
 * Twilio, bearer and connection tokens, passwords and queries of URLs, quotations of unreadable
 * JSON, numbers with a country code.
 */
export function maskText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  let masked = text.includes(UNREADABLE_JSON) ? withoutQuotation(text) : text;
  for (const [pattern, replacement] of MASKS) masked = masked.replace(pattern, replacement);
  return masked.replace(PHONE_NUMBER, maskNumber);
}

/** From the first quotation mark on: what is quoted may hold such marks of its own. */
function withoutQuotation(text: string): string {
  const end = text.lastIndexOf(UNREADABLE_JSON);
  const start = text.indexOf('"');
  if (start < 0 || start > end) return text;
  return text.slice(0, start).replace(/\.\.\.$/, "") + REDACTED + text.slice(end);
}

/** Whether a field of this name must not show this value. */
export function isSensitive(name: string, value: unknown): boolean {
  const sensitivity = sensitivityOf(name);
  return sensitivity === "always" ||
    (sensitivity === "in words" && typeof value !== "number" && typeof value !== "boolean");
}

/** "In words": a count or a flag of something private (`inputTokens: 12`) tells nothing. */
type Sensitivity = "always" | "in words" | "never";

/** Names whose last word is one of these are never shown, e.g. `apiKey`, `tool_arguments`, `to`. */
const SENSITIVE_WORDS = new Set([
  ...["key", "apikey", "token", "authtoken", "accesstoken", "secret", "password", "passphrase"],
  ...["authorization", "auth", "cookie", "credential", "credentials", "signature"],
  ...["to", "from", "caller", "called", "callee", "phone", "phonenumber"],
  ...["digit", "digits", "dtmf", "transcript", "text", "utterance", "arguments", "args"],
  ...["query", "search", "body", "audio", "payload", "variables", "context", "instructions"],
]);

/** A name with one of these anywhere is shown only as a count or a flag. */
const SENSITIVE_PARTS =
  /token|secret|passw|authorization|credential|cookie|phone|transcript|keys$|texts$|numbers?$/;

/** Names come from code, but nested records could bring any number of them. */
const MAX_REMEMBERED_NAMES = 1000;
const sensitivities = new Map<string, Sensitivity>();

/** One cheap pass for the many texts that hold nothing; whatever a mask matches must match here. */
const SUSPICIOUS =
  /[?+@]|%2B|sk-|[es]k_|[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]\s|token\.|eyJ|not valid JSON|\b(?:AC|SK)?[\da-fA-F]{32}\b|(?<![\w-])[\w-]{43}(?![\w-])/;

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/)[^\s/@]*@/g, `$1${REDACTED}@`],
  [/\?[^\s?"'<>]*=[^\s"'<>]*/g, `?${REDACTED}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/\b(sk-|[es]k_)[\w-]+/g, `$1${REDACTED}`],
  [/\btoken\.[\w-]+/g, `token.${REDACTED}`],
  [/\beyJ[\w-]+(?:\.[\w-]*)*/g, REDACTED],
  // Account and API key ids say which account; a bare run of 32 is how an auth token looks.
  [/\b(AC|SK|)[\da-fA-F]{32}\b/g, `$1${REDACTED}`],
  // Our own tokens: 256 bits of base64url.
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, REDACTED],
];

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
