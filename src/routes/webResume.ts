import { CallRefused } from "../call/registry.ts";
import type { CallSession } from "../call/sessionApi.ts";
import type { CallEnd } from "../call/types.ts";
import type { WebCalls } from "../services/calls.ts";
import { readJson } from "../utils/bodyReader.ts";
import { isRecord } from "../utils/isRecord.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { HttpProblem, requireAllowed, unauthorized } from "./middleware/httpProblem.ts";
import type { ResumeTokens } from "./resumeTokens.ts";
import type { WebTokens } from "./webTokens.ts";

export interface WebResumeDeps {
  readonly resumeTokens: Pick<ResumeTokens, "find" | "isReplaced">;
  readonly webCalls: Pick<WebCalls, "find" | "open">;
  readonly tokens: Pick<WebTokens, "accepts">;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
}

/** Creates the way back to a call for clients that have its resume token. */
export function createWebResume({ resumeTokens, webCalls, tokens, now }: WebResumeDeps) {
  const tries = createRateLimiter({ capacity: 20, refillPerSecond: 1 });

  return {
    /**
     * The live call that a token belongs to, with the name of its key. Throws a 401 for a token that is unknown, used or of
     * a revoked key, after `onWrong`, and a 410 with the end of a call that is over.
     */
    async find(
      token: string,
      onWrong: () => void,
    ): Promise<{ readonly callId: string; readonly keyName: string | undefined }> {
      const callId = await stored(resumeTokens.find(token));
      const call = callId === undefined ? undefined : await stored(webCalls.find(callId));
      if (callId === undefined && resumeTokens.isReplaced(token)) throw takenOver;
      if (callId === undefined || call === undefined) {
        onWrong();
        throw invalidResumeToken("The resume token is unknown, used or too old.");
      }
      requireAllowed(tries.consume(callId, now()));
      if (!tokens.accepts(call)) {
        throw invalidResumeToken("The API key that began the call has been revoked.");
      }
      if (call.end !== undefined) throw callEnded(call.end);
      return { callId, keyName: call.keyName };
    },
    /**
     * The call's session, which may have to be opened here. Throws a 410 where it is over, and a 503 where
     * it is out of reach for a moment.
     */
    async sessionOf(callId: string, address: string): Promise<CallSession> {
      const session = await stored(webCalls.open(callId, address));
      if (session !== undefined) return session;
      const end = (await stored(webCalls.find(callId)))?.end;
      if (end !== undefined) throw callEnded(end);
      throw new HttpProblem(503, "call_moving", "Another process is taking the call: try again.", {
        retryAfterSeconds: 1,
      });
    },
  };
}

const BODY_LIMITS = { maxBytes: 1024, timeoutMs: 5000 };
/** As `newToken` makes them. */
const TOKEN = /^[\w-]{43}$/;

/** Reads `{"resumeToken"}`. Throws an `HttpProblem` or a `BodyError`. */
export async function readResumeToken(request: Request): Promise<string> {
  const { value } = await readJson(request, BODY_LIMITS);
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { resumeToken } = value;
    if (typeof resumeToken === "string" && TOKEN.test(resumeToken)) return resumeToken;
  }
  throw new HttpProblem(
    422,
    "invalid_body",
    'Send {"resumeToken": "…"}, with the token of the last message `ready`.',
  );
}

/** The client may have missed the close code that says the same. */
const takenOver = unauthorized("call_taken_over", "The call goes on in another page or program.");

function invalidResumeToken(sentence: string): HttpProblem {
  return unauthorized("invalid_resume_token", sentence);
}

/** `details` is the end, as the message `ended` would have told it. */
function callEnded(end: CallEnd): HttpProblem {
  return new HttpProblem(410, "call_ended", "The call has ended.", { details: end });
}

async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof CallRefused) throw cause;
    throw new HttpProblem(
      503,
      "store_unavailable",
      "The call cannot be looked up at the moment: try again.",
      { retryAfterSeconds: 2 },
    );
  }
}
