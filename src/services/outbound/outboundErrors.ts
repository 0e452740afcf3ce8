import { deadline } from "../../utils/deadline.ts";
import type { BudgetRefusal } from "../store.ts";
import type { DialRefusal } from "../spending.ts";
import type { KeyRefusalCode } from "./keyRefusal.ts";

/** The number may not be dialled, or not now. */
export class DestinationRefused extends Error {
  override readonly name = "DestinationRefused";
  constructor(readonly refusal: DialRefusal) {
    super(`Cannot place the call: ${refusal.code}`);
  }
}

/** A limit of the key, or of an account that it counts for, is reached. */
export class BudgetExceeded extends Error {
  override readonly name = "BudgetExceeded";
  constructor(readonly refusal: BudgetRefusal) {
    super(`Cannot place the call: ${refusal.limit} of the ${refusal.scope}`);
  }
}

/** Too many calls of the key's batches are queued. */
export class PendingExceeded extends Error {
  override readonly name = "PendingExceeded";
  constructor(readonly most: number) {
    super("Cannot accept the batch: too many calls are queued");
  }
}

/** No batch can be made of a request, whatever its calls are. */
export class BatchRefused extends Error {
  override readonly name = "BatchRefused";
  constructor(readonly code: "ends_in_past" | "unknown_country") {
    super(`Cannot make the batch: ${code}`);
  }
}

/** What is asked of a batch does not fit its state. */
export class BatchConflict extends Error {
  override readonly name = "BatchConflict";
  constructor(
    readonly code:
      | "batch_over"
      | "batch_spent"
      | "batch_not_paused"
      | "ends_before"
      | "item_not_editable"
      | "item_refused"
      | "duplicate_number"
      | "item_not_pending",
  ) {
    super(`Cannot change the batch: ${code}`);
  }
}

/** The key that asked for the call may place none any more. */
export class KeyRefused extends Error {
  override readonly name = "KeyRefused";
  constructor(readonly code: KeyRefusalCode) {
    super(`Cannot place the call: ${code}`);
  }
}

/** The call's batch has been cancelled or has ended, or its number was erased, while it waited. */
export class CallWithdrawn extends Error {
  override readonly name = "CallWithdrawn";
  constructor(readonly code: "batch_cancelled" | "batch_expired" | "erased") {
    super(`Cannot place the call: ${code}`);
  }
}

/** The operator's endpoint refuses the call. */
export class CallNotWanted extends Error {
  override readonly name = "CallNotWanted";
  constructor(readonly sentence: string) {
    super("Cannot place the call: the endpoint of CALL_URL refuses it");
  }
}

/** The idempotency key belongs to a different request. */
export class RequestKeyReused extends Error {
  override readonly name = "RequestKeyReused";
  constructor() {
    super("Cannot make the request: its key belongs to another one");
  }
}

/** An identical request has been in progress for longer than this one waits. */
export class RequestUnderWay extends Error {
  override readonly name = "RequestUnderWay";
  constructor() {
    super("Cannot answer the request: an earlier one with its key is under way");
  }
}

/** Whether the call was placed is not known yet. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
  constructor(readonly callId: string) {
    super("Cannot tell whether the call was placed");
  }
}

/** The store fails or does not answer. A call that cannot be recorded is not dialled. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** A request waits no longer than this for each step. */
const STORE_LIMIT_MS = 5000;

/**
 * Waits for the store. Rejects with `StoreUnavailable` where it fails, and without a `cause` where it
 * does not answer in time; `onLate` undoes work that is done later.
 */
export async function awaitStore<T>(
  work: Promise<T>,
  onLate: (value: T) => unknown = () => {},
): Promise<T> {
  const message = "Cannot place the call: the store does not answer";
  const answered = work.catch((cause) => {
    throw new StoreUnavailable(message, { cause });
  });
  try {
    return await deadline(answered, STORE_LIMIT_MS);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    answered.then(onLate).catch(() => {});
    throw new StoreUnavailable(message);
  }
}
