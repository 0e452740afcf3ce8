/** What can be made to fail; figures follow a colon. */
export type Fault =
  | PlainFault
  | `slowStart:${number}`
  /** Sessions say that they expire so many seconds after they began, and do not. */
  | `expiresIn:${number}`
  | `refuseHandshake:${RefusedStatus}`;

export type FaultName = PlainFault | "slowStart" | "expiresIn" | "refuseHandshake";

export type RefusedStatus = 401 | 403 | 404 | 429 | 500;

type PlainFault = typeof plainFaults[number];

/** Reads a fault as typed in a URL or a message: `close-mid-sentence`, `slowStart:800`. */
export function parseFault(text: string): Fault | undefined {
  const [name = "", figure] = text.trim().split(/[:=\s]+/);
  const wanted = normal(name);
  const plain = plainFaults.find((fault) => normal(fault) === wanted);
  if (plain) return plain;
  const number = Number(figure);
  if (wanted === "slowstart" && number >= 0 && number <= 600_000) return `slowStart:${number}`;
  if (wanted === "expiresin" && Number.isFinite(number)) return `expiresIn:${number}`;
  const status = refusedStatuses.find((known) => known === number);
  return wanted === "refusehandshake" && status ? `refuseHandshake:${status}` : undefined;
}

/** The faults in force on one session or on all of them. */
export class FaultSet {
  readonly #faults = new Map<FaultName, number>();

  constructor(faults: Iterable<Fault> = []) {
    for (const fault of faults) this.add(fault);
  }

  add(fault: Fault): void {
    const [name, figure] = fault.split(":");
    const known = faultNames.find((candidate) => candidate === name);
    if (!known) throw new RangeError(`Cannot add the fault ${fault}: there is none of that name`);
    this.#faults.set(known, Number(figure ?? 0));
  }

  clear(): void {
    this.#faults.clear();
  }

  has(name: FaultName): boolean {
    return this.#faults.has(name);
  }

  /** The figure behind the colon, where the fault is in force. */
  figureOf(name: FaultName): number | undefined {
    return this.#faults.get(name);
  }

  /** The status with which handshakes are refused. */
  get refusedStatus(): RefusedStatus | undefined {
    return refusedStatuses.find((status) => status === this.#faults.get("refuseHandshake"));
  }

  /** Removes the fault; false where it was not in force. */
  consume(name: FaultName): boolean {
    return this.#faults.delete(name);
  }

  /** Removes and returns the first fault of a response that is in force. */
  consumeResponseFault(): ResponseFault | undefined {
    return responseFaults.find((fault) => this.consume(fault));
  }

  /** The error with which a response has to fail; a passing one is removed. */
  consumeFailure(): (typeof failures)[keyof typeof failures] | undefined {
    if (this.consume("rateLimit")) return failures.rateLimit;
    if (this.consume("serverError")) return failures.serverError;
    return this.has("insufficientQuota") ? failures.insufficientQuota : undefined;
  }

  /** Adds the faults of another set. */
  addAll(others: FaultSet): void {
    for (const [name, figure] of others.#faults) this.#faults.set(name, figure);
  }
}

/** Errors of failed responses, in the words of the real server. */
export const failures = {
  rateLimit: {
    type: "rate_limit_exceeded",
    code: "rate_limit_exceeded",
    message: "Rate limit reached for the model on tokens per min. Please try again in 1s.",
  },
  serverError: {
    type: "server_error",
    code: "server_error",
    message: "The server had an error while processing your request.",
  },
  insufficientQuota: {
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
};

/** Faults of one response to the conversation, the next one. */
const responseFaults = [
  /** It begins, and produces nothing until it is cancelled. */
  "stuckResponse",
  /** It stops in the middle of a sentence, and does not end until it is cancelled. */
  "stuckMidSentence",
  /** It fails in the middle of a sentence. */
  "failMidSentence",
  /** It completes with nothing in it. */
  "emptyResponse",
  /** It is written and not spoken. */
  "textOnly",
] as const;

export type ResponseFault = (typeof responseFaults)[number];

const plainFaults = [
  "closeMidSentence",
  "closeAfterHandshake",
  "goSilent",
  "expire",
  "rateLimit",
  "insufficientQuota",
  "serverError",
  "noSessionUpdated",
  "rejectSessionUpdate",
  "rejectEverySessionUpdate",
  "rejectSemanticVad",
  "rejectLastTool",
  "oneGiantDelta",
  "lateDeltas",
  "duplicateToolCall",
  "betaNames",
  "deaf",
  "noOwnResponse",
  "noItemDelete",
  ...responseFaults,
] as const;

/** All that can be made to fail, without the figures. */
export const faultNames: readonly FaultName[] = [
  ...plainFaults,
  "slowStart",
  "expiresIn",
  "refuseHandshake",
];

const refusedStatuses = [401, 403, 404, 429, 500] as const;

function normal(name: string): string {
  return name.replaceAll(/[-_]/g, "").toLowerCase();
}
