import {
  BudgetExceeded,
  CallWithdrawn,
  DestinationRefused,
  KeyRefused,
  OutcomeUnknown,
  PendingExceeded,
  RequestKeyReused,
  RequestUnderWay,
  StoreUnavailable,
} from "../services/outbound.ts";
import type { DialRefusal } from "../services/spending.ts";
import { HttpProblem } from "./middleware/errors.ts";
import { limitProblem } from "./middleware/limitProblem.ts";

/** Settles as the work does, with every refusal of placing a call made a problem for the client. */
export async function withProblems<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw problemOf(error) ?? error;
  }
}

/** The status and code for a number that may not be dialled. */
export function refusalOf(refusal: DialRefusal): {
  readonly status: 403 | 422;
  readonly code: string;
} {
  if (refusal.code === "do_not_call") return { status: 403, code: "do_not_call" };
  if (refusal.code === "outside_hours") return { status: 403, code: "outside_calling_hours" };
  return refusal.kind === "forbidden"
    ? { status: 403, code: "destination_not_allowed" }
    : { status: 422, code: "invalid_number" };
}

function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof DestinationRefused) return destinationProblem(error.refusal);
  if (error instanceof KeyRefused) {
    return new HttpProblem(401, error.code, "This API key may not place calls any more.");
  }
  if (error instanceof CallWithdrawn) {
    return new HttpProblem(
      409,
      error.code,
      "The call was not placed: its batch was cancelled or its number erased.",
    );
  }
  if (error instanceof BudgetExceeded) return limitProblem(error.refusal);
  if (error instanceof PendingExceeded) {
    return new HttpProblem(
      429,
      "too_many_pending",
      "Too many calls of this key's batches are waiting: send the rest later.",
      { retryAfterSeconds: 60 },
    );
  }
  if (error instanceof RequestKeyReused) {
    return new HttpProblem(
      422,
      "idempotency_key_reused",
      "This Idempotency-Key came with another request before: use a new one.",
    );
  }
  if (error instanceof RequestUnderWay) {
    return new HttpProblem(
      409,
      "request_under_way",
      "The same request is still being carried out: ask again shortly.",
      { retryAfterSeconds: 5 },
    );
  }
  if (error instanceof OutcomeUnknown) {
    return new HttpProblem(
      504,
      "outcome_unknown",
      "No answer came in time: the call may or may not have been placed. Do not ask for it again under another key.",
      { details: { callId: error.callId } },
    );
  }
  if (error instanceof StoreUnavailable) {
    return new HttpProblem(
      503,
      "store_unavailable",
      "Nothing is dialled while the store does not answer.",
      { retryAfterSeconds: 10 },
    );
  }
  return undefined;
}

function destinationProblem(refusal: DialRefusal): HttpProblem {
  const { status, code } = refusalOf(refusal);
  const { code: reason, sentence: message } = refusal;
  const opensAt = "opensAt" in refusal && refusal.opensAt !== undefined
    ? { opensAt: new Date(refusal.opensAt).toISOString() }
    : {};
  return new HttpProblem(status, code, message, {
    details: [{ path: "to", reason, message, ...opensAt }],
  });
}
