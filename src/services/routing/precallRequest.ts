import type { Clock } from "../../utils/clock.ts";
import { parseBoundedJson } from "../../utils/http/boundedJson.ts";
import { boundedText } from "../../utils/http/boundedText.ts";
import { signWebhook } from "../../utils/webhookSignature.ts";

/** What came of a question: a value, none in time, or a fault that one sentence describes. */
export type PrecallReply =
  | { readonly status: "answered"; readonly value: unknown }
  /** `later` settles with what comes within the first 30 seconds, and never rejects. */
  | { readonly status: "late"; readonly later: Promise<PrecallReply> }
  | {
    readonly status: "unreachable" | "bad_status" | "bad_answer";
    readonly problem: string;
  };

export interface PrecallRequestOptions extends Pick<Clock, "setTimer"> {
  readonly url: string;
  /** How long a caller waits for an answer. */
  readonly timeoutMs: number;
  /** Each makes a signature. */
  readonly secrets: readonly Uint8Array[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
/** At a time, those that are late among them. */
const MAX_UNDER_WAY = 500;
/** What comes later is of no use any more. */
const LATE_MS = 30_000;

/** Creates what asks the operator's endpoint, signed like webhooks; redirects are not followed. */
export function createPrecallRequest(
  { url, timeoutMs, secrets, now, setTimer }: PrecallRequestOptions,
) {
  const closing = new AbortController();
  const underWay = new Set<Promise<PrecallReply>>();

  return {
    /** Never rejects; settles after `timeoutMs` at the latest. */
    async ask(id: string, body: unknown): Promise<PrecallReply> {
      if (underWay.size >= MAX_UNDER_WAY) {
        return { status: "unreachable", problem: "too many questions are under way" };
      }
      const givingUp = new AbortController();
      const signal = AbortSignal.any([closing.signal, givingUp.signal]);
      const asked = exchange(id, JSON.stringify(body), signal);
      underWay.add(asked);
      const timeUp = Promise.withResolvers<"late">();
      const cancelWait = setTimer(() => timeUp.resolve("late"), timeoutMs);
      const cancelAll = setTimer(() => givingUp.abort(), LATE_MS);
      const done = asked.finally(() => {
        cancelWait();
        cancelAll();
        underWay.delete(asked);
      });
      const first = await Promise.race([done, timeUp.promise]);
      return first === "late" ? { status: "late", later: done } : first;
    },
    /** Ends all questions; settles when none is under way. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(underWay);
    },
  };

  async function exchange(id: string, payload: string, signal: AbortSignal): Promise<PrecallReply> {
    const headers = signWebhook({ id, payload }, { secrets, nowMs: now() });
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "user-agent": "Parley" },
        body: payload,
        redirect: "manual",
        signal,
      });
      if (response.ok) {
        return readReply(await boundedText(response, MAX_BYTES), response.status);
      }
      await response.body?.cancel();
      return { status: "bad_status", problem: `it answered ${response.status}` };
    } catch {
      return { status: "unreachable", problem: "there is no connection" };
    }
  }
}

function readReply(text: string | undefined, status: number): PrecallReply {
  if (text === undefined) {
    return { status: "bad_answer", problem: `the answer is longer than ${MAX_BYTES} bytes` };
  }
  // Nothing to say.
  if (status === 204 || text.trim() === "") return { status: "answered", value: {} };
  try {
    return { status: "answered", value: parseBoundedJson(text, MAX_DEPTH) };
  } catch {
    return { status: "bad_answer", problem: "the answer is not JSON that can be read" };
  }
}
