import {
  BatchConflict,
  BatchRefused,
  BudgetExceeded,
  CallNotWanted,
  CallWithdrawn,
  DestinationRefused,
  KeyRefused,
  OutcomeUnknown,
  PendingExceeded,
  RequestKeyReused,
  RequestUnderWay,
  StoreUnavailable,
  UnreadableTable,
} from "../../services/outbound.ts";
import type { DialRefusal } from "../../services/spending.ts";
import { fieldProblem, HttpProblem } from "./httpProblem.ts";
import { limitProblem } from "./limitProblem.ts";

/** The status and code for a number that may not be dialled. */
export function refusalOf(refusal: Pick<DialRefusal, "kind"> & { readonly code: string }): {
  readonly status: 403 | 422;
  readonly code: string;
} {
  if (refusal.code === "do_not_call") return { status: 403, code: "do_not_call" };
  if (refusal.code.startsWith("consent_")) return { status: 403, code: refusal.code };
  if (refusal.code === "outside_hours") return { status: 403, code: "outside_calling_hours" };
  return refusal.kind === "forbidden"
    ? { status: 403, code: "destination_not_allowed" }
    : { status: 422, code: "invalid_number" };
}

/** The answer for an error of the outbound module; undefined for any other. */
export function outboundProblem(error: unknown): HttpProblem | undefined {
  if (error instanceof DestinationRefused) return destinationProblem(error.refusal);
  if (error instanceof KeyRefused) {
    return new HttpProblem(401, error.code, "This API key can no longer place calls.");
  }
  if (error instanceof CallWithdrawn) {
    return new HttpProblem(
      409,
      error.code,
      "The call was not placed: its batch was cancelled or its number erased.",
    );
  }
  if (error instanceof CallNotWanted) return new HttpProblem(403, "call_refused", error.sentence);
  if (error instanceof BudgetExceeded) return limitProblem(error.refusal);
  if (error instanceof PendingExceeded) {
    return new HttpProblem(
      429,
      "too_many_pending",
      "Too many calls of this key's batches are queued, {most} may be: send the rest later.",
      { values: { most: error.most }, retryAfterSeconds: 60 },
    );
  }
  if (error instanceof BatchConflict) {
    return new HttpProblem(409, error.code, conflictSentences[error.code]);
  }
  if (error instanceof BatchRefused) {
    const { path, message } = batchProblems[error.code];
    return new HttpProblem(422, error.code, `${message}.`, { details: [{ path, message }] });
  }
  if (error instanceof UnreadableTable) {
    return new HttpProblem(422, "invalid_csv", "The table cannot be read: see details.", {
      details: error.problems.map(({ line, column, code, text, values }) => ({
        ...fieldProblem(`line ${line}`, text, values),
        ...{ line, column: column ?? null, reason: code },
      })),
    });
  }
  if (error instanceof RequestKeyReused) {
    return new HttpProblem(
      422,
      "idempotency_key_reused",
      "This Idempotency-Key was already used for a different request: use a new one.",
    );
  }
  if (error instanceof RequestUnderWay) {
    return new HttpProblem(
      409,
      "request_under_way",
      "A request with this Idempotency-Key is still in progress: try again shortly.",
      { retryAfterSeconds: 5 },
    );
  }
  if (error instanceof OutcomeUnknown) {
    return new HttpProblem(
      504,
      "outcome_unknown",
      "No answer came in time: the call may or may not have been placed. Do not request it again with another Idempotency-Key.",
      { details: { callId: error.callId } },
    );
  }
  if (error instanceof StoreUnavailable) {
    return new HttpProblem(
      503,
      "store_unavailable",
      "The store does not answer: no calls are placed until it does.",
      { retryAfterSeconds: 10 },
    );
  }
  return undefined;
}

const conflictSentences: Readonly<Record<BatchConflict["code"], string>> = {
  batch_over: "The batch is over.",
  batch_spent: "The batch has cost what it may: raise stop.usd before it goes on.",
  batch_not_paused: "Only a paused batch can be changed: pause it first.",
  ends_before: "The batch would end before it begins, or in the past.",
  duplicate_number: "This number is in the batch already.",
  item_not_editable: "Only calls of a paused batch that were never dialled can be changed.",
  item_refused:
    "This call was refused when the batch was sent, and none is made of it: send it mended in another batch.",
  item_not_pending: "This call does not wait any more, or there is none.",
};

const batchProblems: Readonly<
  Record<BatchRefused["code"], { readonly path: string; readonly message: string }>
> = {
  ends_in_past: {
    path: "endsAt",
    message: "The batch would end before it begins: endsAt is in the past",
  },
  unknown_country: {
    path: "country",
    message: "There are no numbers of this country: write two letters such as DE or US",
  },
};

function destinationProblem(refusal: DialRefusal): HttpProblem {
  const { status, code } = refusalOf(refusal);
  const { code: reason, sentence: message } = refusal;
  const opensAt = "opensAt" in refusal && refusal.opensAt !== undefined
    ? { opensAt: new Date(refusal.opensAt).toISOString() }
    : {};
  return new HttpProblem(status, code, message, {
    details: [{
      path: reason.startsWith("consent_") ? "consent" : "to",
      reason,
      message,
      ...opensAt,
      ...("country" in refusal && { country: refusal.country }),
    }],
  });
}
