import { createHmac } from "node:crypto";
import type { SimulatedCall } from "../sim/twilio/phoneNetwork.ts";
import { boundedText } from "../utils/http/boundedText.ts";
import { newToken } from "../utils/ids.ts";
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
const ANSWER_MS = 5_000;

/** What both sides know of the account. */
export type SharedAccount = Pick<PhoneOptions, "accountSid" | "authToken">;

/**
 * Has the stand-in that another `deno task phone --serve` runs call its number, prints what it tells, and keeps what was
 * heard. Undefined where what listens on the port is no such stand-in, which learns nothing of the token; else the exit
 * code.
 */
export async function callThrough(
  options: PhoneOptions,
  { print, interrupted, keep }: {
    readonly print: (line: string) => void;
    readonly interrupted: Promise<void>;
    readonly keep: (heard: Uint8Array) => void;
  },
): Promise<number | undefined> {
  const { from, to, say, digits, interruptAfterMs, maxMs, stays, port } = options;
  if (port === 0) return undefined;
  const body = JSON.stringify({
    ...{ from, to, say, digits, interruptAfterMs, maxMs, stays },
    nonce: newToken(),
  });
  const end = new AbortController();
  interrupted.then(() => end.abort());
  const late = setTimeout(() => end.abort(LATE), ANSWER_MS);
  try {
    const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
      method: "POST",
      headers: { [PROOF]: proofOf("asks", body, options) },
      body,
      redirect: "manual",
      signal: end.signal,
    });
    clearTimeout(late);
    const given = response.headers.get(PROOF);
    if (response.status !== 200 || given !== proofOf("answers", body, options)) {
      await response.body?.cancel();
      return undefined;
    }
    print(`Calling ${to} from ${from} through the stand-in for Twilio at port ${port}`);
    let isFailed = false;
    const tell = (line: string) => {
      if (line === FAILED) isFailed = true;
      else if (line.startsWith(HEARD)) keep(Uint8Array.fromBase64(line.slice(HEARD.length)));
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
    if (end.signal.reason === LATE) return undefined;
    if (end.signal.aborted) return 0;
    if (error instanceof TypeError) return undefined;
    throw error;
  } finally {
    clearTimeout(late);
  }
}

const LATE = new Error("no answer");
const TYPE = "text/plain; charset=utf-8";
/** The lines that are not for the reader. A call that fails says why by itself. */
const FAILED = "\u0000failed";
/** Behind it stands mu-law, in base64. */
const HEARD = "\u0000heard ";
const MAX_BYTES = 64 * 1024;
const PROOF = "x-simulator-proof";

/** Shows that a side has the token, without telling it: any program may hold the port. */
function proofOf(
  side: "asks" | "answers",
  body: string,
  { accountSid, authToken }: SharedAccount,
): string {
  return createHmac("sha256", `${accountSid}:${authToken}`)
    .update(`${PATH} ${side} ${body}`)
    .digest("hex");
}

/**
 * Answers the wish: calls the number, tells what happens until the call is over, and what was heard. Where who asked has
 * gone by then, that is kept here.
 */
export async function answerWish(
  request: Request,
  { account, place, keep }: {
    readonly account: SharedAccount;
    readonly place: (asked: Asked, print: (line: string) => void) => {
      readonly call: SimulatedCall;
      /** Settles with what was heard when all is told; undefined where that failed. */
      readonly over: Promise<Uint8Array | undefined>;
    };
    readonly keep: (heard: Uint8Array) => void;
  },
): Promise<Response | undefined> {
  if (request.method !== "POST" || new URL(request.url).pathname !== PATH) return undefined;
  const text = await boundedText(request, MAX_BYTES) ?? "";
  if (request.headers.get(PROOF) !== proofOf("asks", text, account)) {
    return new Response("Another account", { status: 401 });
  }
  const asked = readAsked(text);
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
      placed.over.then((heard) => {
        if (placed.call.errors.length > 0 || heard === undefined) print(FAILED);
        if (heard !== undefined) isOpen ? print(`${HEARD}${heard.toBase64()}`) : keep(heard);
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
  const headers = { "Content-Type": TYPE, [PROOF]: proofOf("answers", text, account) };
  return new Response(body, { headers });
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
