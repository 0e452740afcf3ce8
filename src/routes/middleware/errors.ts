import type { Context, ErrorHandler, NotFoundHandler } from "@hono/hono";
import { CallRefused } from "../../call/registry.ts";
import { InstanceTimeout } from "../../services/cluster.ts";
import { TwilioProblem } from "../../services/twilioOutbound.ts";
import { BodyError } from "../../utils/http/bodyError.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import { outboundProblem } from "./outboundProblem.ts";
import { UNUSABLE } from "../usableAgent.ts";
import { HttpProblem } from "./httpProblem.ts";

/** Turns what was thrown into an answer. Unexpected errors are logged, and answered without details. */
export function answerErrors(log: Pick<Log, "error">): ErrorHandler {
  return function onError(error, c) {
    const problem = knownProblem(error);
    if (problem !== undefined) return answer(c, problem);
    log.error("Request failed", { requestId: requestIdOf(c), method: c.req.method, error });
    return answer(c, unexpected);
  };
}

/** The code with which an error is answered. */
export function codeOf(error: unknown): string {
  return (knownProblem(error) ?? unexpected).code;
}

const unexpected = new HttpProblem(500, "internal_error", "Something went wrong here.");

/** The answer to a request that matches no route. */
export const answerNotFound: NotFoundHandler = (c) =>
  answer(c, new HttpProblem(404, "not_found", "There is nothing at this address."));

/** Empty where the middleware `requestId` did not run. */
function requestIdOf(c: Context): string {
  const id: unknown = c.get("requestId");
  return typeof id === "string" ? id : "";
}

function knownProblem(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof BodyError) {
    const { status, code, text, values } = error;
    return new HttpProblem(status, code, text, { values });
  }
  if (error instanceof CallRefused) return refusals[error.code];
  if (error instanceof TwilioProblem) return ofTwilio(error);
  if (error instanceof InstanceTimeout) return instanceSilent;
  return outboundProblem(error);
}

function ofTwilio(problem: TwilioProblem): HttpProblem {
  const { status, code, message, twilioCode, retryAfterSeconds } = problem;
  return new HttpProblem(status, code, message, {
    ...(twilioCode !== undefined && { details: { twilioCode } }),
    retryAfterSeconds,
  });
}

const refusals: Readonly<Record<CallRefused["code"], HttpProblem>> = {
  full: new HttpProblem(503, "full", "All lines are busy: try again shortly.", {
    retryAfterSeconds: 10,
  }),
  draining: new HttpProblem(503, "draining", "The server is stopping and accepts no new calls.", {
    retryAfterSeconds: 30,
  }),
  overloaded: new HttpProblem(503, "overloaded", "The server is too busy: try again shortly.", {
    retryAfterSeconds: 10,
  }),
  unknown_agent: new HttpProblem(422, "unknown_agent", "There is no agent of this name."),
  agent_unusable: new HttpProblem(
    503,
    "agent_unusable",
    UNUSABLE,
  ),
};

const instanceSilent = new HttpProblem(
  504,
  "instance_silent",
  "The instance that holds the call does not answer: the request may or may not have been carried out.",
);

function answer(c: Context, problem: HttpProblem): Response {
  const { status, code, message, text, values, details, headers } = problem;
  const body = {
    error: message,
    code,
    requestId: requestIdOf(c),
    ...(values !== undefined && { template: text, values }),
    ...present({ details }),
  };
  return c.json(body, status, { ...headers });
}
