import type { Batch, NumberedBatchEvent } from "../../store.ts";

/** A batch as the API and webhooks tell of it, without its calls. */
export function viewBatch(batch: Batch) {
  const { id, name, keyName, request, state, pauseReason, progress, startedAt, doneAt } = batch;
  const { createdAt, startsAt, endsAt } = batch;
  const { agent } = { agent: undefined, ...(request as { readonly agent?: string } | undefined) };
  return {
    batchId: id,
    name: name ?? null,
    key: keyName ?? null,
    agent: agent ?? null,
    state: shownState(batch),
    pauseReason: state === "paused" && doneAt === undefined ? pauseReason ?? "operator" : null,
    createdAt: new Date(createdAt).toISOString(),
    startsAt: maybeIso(startsAt),
    endsAt: maybeIso(endsAt),
    startedAt: maybeIso(startedAt),
    doneAt: maybeIso(doneAt),
    total: Object.values(progress).reduce((sum, items) => sum + items, 0),
    progress: { ...progress },
  };
}

/** What became of a batch, for those who are to be told. */
export interface BatchNews {
  readonly batchId: string;
  readonly sequence: number;
  readonly type: NumberedBatchEvent["type"];
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly data: unknown;
}

/** The news of an event; the batch is told of as it is now. */
export function newsOf(event: NumberedBatchEvent, batch: Batch): BatchNews {
  const { batchId, sequence, type, at, reason = null } = event;
  return { batchId, sequence, type, at, data: { ...viewBatch(batch), reason } };
}

function shownState(
  { state, startsAt, startedAt, doneAt }: Batch,
): Batch["state"] | "scheduled" | "done" {
  if (state === "cancelled") return "cancelled";
  if (doneAt !== undefined) return "done";
  const isScheduled = state === "running" && startedAt === undefined && startsAt !== undefined;
  return isScheduled ? "scheduled" : state;
}

function maybeIso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
