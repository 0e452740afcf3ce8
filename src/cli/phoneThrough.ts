import type { SimulatedCall } from "../sim/twilio/phoneNetwork.ts";
import { boundedText } from "../utils/http/boundedText.ts";
import { isRecord } from "../utils/isRecord.ts";
import { jsonOrUndefined } from "../utils/jsonOrUndefined.ts";
import type { PhoneOptions } from "./phoneOptions.ts";

/** What a person who calls does, by the options of the command. */
export type Asked = Pick<
  PhoneOptions,
  "from" | "to" | "say" | "digits" | "interruptAfterMs" | "maxMs" | "stays"
>;

/** Where the stand-in for Twilio takes the wish for a call from outside; nothing of Twilio's is there. */
const PATH = "/simulator/calls";

/**
 * Has the stand-in that another `deno task phone --serve` runs call its number, and prints what it tells. Undefined
 * where what listens on the port is no such stand-in; else the exit code.
 */
export async function callThrough(
  options: PhoneOptions,
  print: (line: string) => void,
  interrupted: Promise<void>,
): Promise<number | undefined> {
  const { from, to, say, digits, interruptAfterMs, maxMs, stays, port } = options;
  if (port === 0) return undefined;
  const end = new AbortController();
  interrupted.then(() => end.abort());
  try {
    const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${options.accountSid}:${options.authToken}`)}` },
      body: JSON.stringify({ from, to, say, digits, interruptAfterMs, maxMs, stays }),
      signal: end.signal,
    });
    if (response.status !== 200 || response.headers.get("content-type") !== TYPE) {
      await response.body?.cancel();
      return undefined;
    }
    print(`Calling ${to} from ${from} through the stand-in for Twilio at port ${port}`);
    let isFailed = false;
    const tell = (line: string) => {
      if (line === FAILED) isFailed = true;
      else print(line);
    };
    let rest = "";
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(tell);
    }
    return isFailed ? 1 : 0;
  } catch (error) {
    if (end.signal.aborted) return 0;
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

const TYPE = "text/plain; charset=utf-8";
/** The line that says how the call went is not for the reader: a call that fails says why by itself. */
const FAILED = "\u0000failed";
const MAX_BYTES = 64 * 1024;

/** Answers the wish: calls the number, and tells what happens until the call is over. */
export async function answerWish(
  request: Request,
  place: (asked: Asked, print: (line: string) => void) => {
    readonly call: SimulatedCall;
    /** Settles when all is told. */
    readonly over: Promise<unknown>;
  },
): Promise<Response | undefined> {
  if (request.method !== "POST" || new URL(request.url).pathname !== PATH) return undefined;
  const asked = readAsked(await boundedText(request, MAX_BYTES) ?? "");
  if (asked === undefined) return new Response("Not a call", { status: 400 });
  const encoder = new TextEncoder();
  let call: SimulatedCall | undefined;
  let isOpen = true;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      const print = (line: string) => {
        if (isOpen) controller.enqueue(encoder.encode(`${line}\n`));
      };
      const placed = place(asked, print);
      call = placed.call;
      placed.over.finally(() => {
        if (placed.call.errors.length > 0) print(FAILED);
        if (isOpen) controller.close();
        isOpen = false;
      });
      request.signal.addEventListener("abort", () => isOpen = false);
    },
    cancel() {
      isOpen = false;
      call?.hangUp();
    },
  });
  return new Response(body, { headers: { "Content-Type": TYPE } });
}

function readAsked(text: string): Asked | undefined {
  const value = jsonOrUndefined(text);
  if (!isRecord(value)) return undefined;
  const { from, to, say, digits, interruptAfterMs, maxMs, stays } = value;
  if (typeof from !== "string" || typeof to !== "string" || !Array.isArray(say)) return undefined;
  if (say.length > 100) return undefined;
  if (!say.every((line) => typeof line === "string" && line.length < 2000)) return undefined;
  if (typeof maxMs !== "number" || !(maxMs > 0 && maxMs <= 3_600_000)) return undefined;
  return {
    ...{ from: from.slice(0, 100), to: to.slice(0, 100), say, maxMs, stays: stays === true },
    digits: typeof digits === "string" && /^[0-9A-D*#wW]{1,100}$/.test(digits) ? digits : undefined,
    interruptAfterMs: typeof interruptAfterMs === "number"
      ? Math.min(600_000, Math.max(0, interruptAfterMs))
      : undefined,
  };
}
