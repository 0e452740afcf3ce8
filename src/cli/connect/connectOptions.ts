import { parseArgs } from "node:util";

/** Printed for `--help`. */
export const connectUsage =
  `Point phone numbers of the Twilio account at this server, and put everything back.

  deno task connect [NUMBER...]        shows the account's numbers, asks which, says what will change, asks
  deno task connect --undo [NUMBER...] puts back what was there before; all numbers, where none is given

  --forward-to +1...     while this server is away, Twilio forwards calls to this phone
  --fallback-url URL     while this server is away, Twilio asks this address (TWILIO_FALLBACK_URL)
  --unset-trunk          take a number from its SIP trunk, which otherwise gets all of its calls
  --yes                  agree to the change; give the number too, and --unset-trunk where it is on a trunk
  --wait SECONDS         how long to wait for the first call; 600 on a terminal, 0 does not wait

What was there before is kept in data/connect.json. docs/connect.md has more.`;

export interface ConnectOptions {
  readonly help: boolean;
  readonly undo: boolean;
  /** In E.164 form; may be empty. */
  readonly numbers: readonly string[];
  readonly forwardTo: string | undefined;
  readonly fallbackUrl: string | undefined;
  readonly unsetsTrunk: boolean;
  readonly isAgreed: boolean;
  /** Undefined leaves it to whether there is a terminal. */
  readonly waitMs: number | undefined;
}

const MAX_NUMBERS = 100;
const MAX_WAIT_SECONDS = 86_400;

/** Reads the command's arguments. Throws a `TypeError` that says what is wrong with them. */
export function readConnectOptions(args: readonly string[]): ConnectOptions {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const numbers = positionals.map((text) => text.replaceAll(/[\s().-]/g, ""));
  const wrong = numbers.find((number) => !/^\+[1-9]\d{6,14}$/.test(number));
  if (wrong !== undefined) {
    throw new TypeError(
      `A number begins with + and its country, such as +14155550123: not "${wrong}"`,
    );
  }
  if (numbers.length > MAX_NUMBERS) throw new TypeError(`Give ${MAX_NUMBERS} numbers at most`);
  const { "forward-to": forwardTo, "fallback-url": fallbackUrl, wait } = values;
  if (forwardTo !== undefined && fallbackUrl !== undefined) {
    throw new TypeError("--forward-to and --fallback-url exclude each other");
  }
  if (wait !== undefined && !(/^\d{1,5}$/.test(wait) && Number(wait) <= MAX_WAIT_SECONDS)) {
    throw new TypeError(`--wait takes seconds, up to ${MAX_WAIT_SECONDS}: not "${wait}"`);
  }
  return {
    help: values.help === true,
    undo: values.undo === true,
    numbers: [...new Set(numbers)],
    forwardTo: forwardTo?.replaceAll(/[\s().-]/g, ""),
    fallbackUrl,
    unsetsTrunk: values["unset-trunk"] === true,
    isAgreed: values.yes === true,
    waitMs: wait === undefined ? undefined : Number(wait) * 1000,
  };
}

const options = {
  help: { type: "boolean", short: "h" },
  undo: { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  "forward-to": { type: "string" },
  "fallback-url": { type: "string" },
  "unset-trunk": { type: "boolean" },
  wait: { type: "string" },
} as const;
