import type { Row } from "../database.ts";
import { choiceOf, maybeNumber, maybeText, numberOf, readableJson, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";

/** Every item is in one of these; nothing follows the last four. */
export const batchItemStates = [
  "pending",
  "placing",
  "placed",
  "ended",
  "refused",
  "cancelled",
  "expired",
] as const;
export type BatchItemState = (typeof batchItemStates)[number];

/** `done` says besides whether any item is left. */
const batchStates = ["running", "paused", "cancelled"] as const;

/** Why a batch is paused: its operator, too many failures, or what it has cost. */
export const pauseReasons = ["operator", "failures", "spend"] as const;
export type PauseReason = (typeof pauseReasons)[number];

/** A batch without how far it is. */
export interface BatchHead {
  readonly id: string;
  readonly keyName?: string;
  readonly name?: string;
  readonly createdAt: number;
  /** What all its calls have in common, as JSON can hold it. */
  readonly request: unknown;
  /** Hours, pace, retries and limits, as JSON can hold them. */
  readonly plan?: unknown;
  readonly state: (typeof batchStates)[number];
  readonly pauseReason?: PauseReason;
  /** Times in milliseconds since 1970. */
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly startedAt?: number;
  /** When its last item was over. */
  readonly doneAt?: number;
}

/** One number of a batch. */
export interface BatchItem {
  readonly batchId: string;
  /** From 0, in the order they were given, those that were refused included. */
  readonly item: number;
  readonly number: string;
  readonly variables?: unknown;
  /** Its name in the operator's own system. */
  readonly reference?: string;
  /** What differs from the batch's request, as JSON can hold it. */
  readonly details?: unknown;
  readonly state: BatchItemState;
  /** Calls that were made of it. */
  readonly attempts?: number;
  /** Not before then, while it is pending. */
  readonly dueAt?: number;
  /** The latest. */
  readonly callId?: string;
  /** An outcome, or the code of a refusal. */
  readonly detail?: string;
}

export function batchOf(row: Row): BatchHead {
  return {
    id: textOf(row, "id"),
    createdAt: numberOf(row, "created_at"),
    request: readableJson(row, "request"),
    state: choiceOf(row, "state", batchStates),
    ...present({
      keyName: maybeText(row, "key_name"),
      name: maybeText(row, "name"),
      plan: readableJson(row, "plan"),
      pauseReason: pauseReasons.find((reason) => reason === maybeText(row, "pause_reason")),
      startsAt: maybeNumber(row, "starts_at"),
      endsAt: maybeNumber(row, "ends_at"),
      startedAt: maybeNumber(row, "started_at"),
      doneAt: maybeNumber(row, "done_at"),
    }),
  };
}

export function itemOf(row: Row): BatchItem {
  return {
    batchId: textOf(row, "batch_id"),
    item: numberOf(row, "item"),
    number: textOf(row, "number"),
    state: choiceOf(row, "state", batchItemStates),
    ...present({
      // Null where they cannot be read: no call is made of such an item.
      variables: maybeText(row, "variables") === undefined
        ? undefined
        : readableJson(row, "variables") ?? null,
      details: maybeText(row, "details") === undefined
        ? undefined
        : readableJson(row, "details") ?? null,
      reference: maybeText(row, "reference"),
      attempts: maybeNumber(row, "attempts") || undefined,
      dueAt: maybeNumber(row, "due_at") || undefined,
      callId: maybeText(row, "call_id"),
      detail: maybeText(row, "detail"),
    }),
  };
}
