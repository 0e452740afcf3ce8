/** How Twilio asks for one URL: its limits, and which failures it tries again. */
export interface ConnectionOverrides {
  /** For the first byte, and between two parts of the answer. */
  readonly readMs: number;
  /** For all attempts together. */
  readonly totalMs: number;
  readonly retries: number;
  /** A failure of another kind is final at once. */
  readonly retryOn: ReadonlySet<FailedAttempt>;
}

/** No connection, no answer, or an answer with such a status. */
export type FailedAttempt = "ct" | "rt" | "4xx" | "5xx";

/**
 * Takes Twilio's connection overrides from a URL's fragment, which is neither sent nor signed. `error`
 * is for the debugger where a value is none; the default counts then. `ct` and `e` change nothing here:
 * on one machine a connection is there or refused.
 */
export function readOverrides(
  url: string,
): { readonly url: string; readonly overrides: ConnectionOverrides; readonly error?: string } {
  const at = url.indexOf("#");
  if (at < 0) return { url, overrides: defaults };
  const given = new URLSearchParams(url.slice(at + 1));
  const wrong: string[] = [];
  const number = (name: string, least: number, most: number, otherwise: number) => {
    const text = given.get(name);
    if (text === null) return otherwise;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    wrong.push(name);
    return otherwise;
  };
  const overrides = {
    readMs: number("rt", 100, 15_000, defaults.readMs),
    totalMs: number("tt", 100, 15_000, defaults.totalMs),
    retries: number("rc", 0, 5, defaults.retries),
    retryOn: readPolicy(given.get("rp"), wrong),
  };
  number("ct", 100, 10_000, 5000);
  const error = wrong.length === 0
    ? undefined
    : `The override ${wrong.join(", ")} has no valid value`;
  return { url: url.slice(0, at), overrides, ...(error !== undefined && { error }) };
}

const failures: readonly FailedAttempt[] = ["ct", "rt", "4xx", "5xx"];
const defaults: ConnectionOverrides = {
  readMs: 15_000,
  totalMs: 15_000,
  retries: 1,
  retryOn: new Set(["ct"]),
};

function readPolicy(text: string | null, wrong: string[]): ReadonlySet<FailedAttempt> {
  if (text === null) return defaults.retryOn;
  const words = text.split(",");
  if (words.includes("all")) return new Set(failures);
  const known = failures.filter((failure) => words.includes(failure));
  if (known.length !== words.length) wrong.push("rp");
  return new Set(known);
}
