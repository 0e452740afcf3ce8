import type { ModelRequest } from "../../../src/call/realtimeClient.ts";

export interface Item {
  readonly id: string;
  /** As far as the machine was given it before the interruption. */
  producedMs: number;
  complete: boolean;
}

/** What was said between two interruptions, and what became of it. */
export interface Batch {
  readonly items: Item[];
  readonly requests: ModelRequest[];
  /** How much had been written when a mark was. */
  readonly marks: Map<string, number>;
  interrupted: boolean;
  cleared: boolean;
  /** Pieces that were played after the interruption. */
  stale: number;
  sentMs: number;
  markedMs: number;
  /** Where the line fell silent; undefined if none of it had been played. */
  truth: { readonly itemId: string; readonly ms: number } | undefined;
}

export interface Verdict {
  /** Between the position that was sent and the truth; undefined if none was sent. */
  readonly errorMs: number | undefined;
  /** What the error would have been if all that was produced were taken as heard ... */
  readonly producedErrorMs: number;
  /** ... or all up to the last mark that had come back. */
  readonly markErrorMs: number;
  /** Requests that the model would refuse, or that should not have been made, and audio likewise. */
  readonly faults: readonly string[];
}

export function judge(batch: Batch): Verdict {
  const truthMs = batch.truth === undefined ? 0 : place(batch.items, batch.truth);
  const producedMs = batch.items.reduce((sum, item) => sum + item.producedMs, 0);
  const [truncate] = truncates(batch);
  return {
    errorMs: truncate === undefined || !batch.cleared
      ? undefined
      : place(batch.items, { itemId: truncate.itemId, ms: truncate.audioEndMs }) - truthMs,
    producedErrorMs: producedMs - truthMs,
    markErrorMs: batch.markedMs - truthMs,
    faults: [...faultsOf(batch)],
  };
}

function* faultsOf(batch: Batch): Generator<string> {
  const { items, requests, cleared, stale, truth } = batch;
  const cuts = truncates(batch);
  for (const { itemId, audioEndMs } of cuts) {
    const item = items.find((one) => one.id === itemId);
    if (item === undefined) yield `truncate of an item that was not said: ${itemId}`;
    else if (audioEndMs > item.producedMs) yield "truncate past the produced audio";
    else if (item.complete && audioEndMs >= item.producedMs) yield "truncate of a played item";
    else if (!cleared && (item.complete || audioEndMs < Math.floor(item.producedMs))) {
      yield "truncate without a clear";
    }
    if (audioEndMs < 0 || !Number.isInteger(audioEndMs)) yield "not a whole position";
  }
  if (cuts.length > 1) yield "more than one item half heard";
  if (stale > 0) yield "stale audio was played";
  const asked = new Set(requests.map((one) => "itemId" in one ? one.itemId : one.type));
  if (asked.size < requests.length) yield "an item was cut twice";
  for (const { type } of requests) {
    if (type !== "truncate" && type !== "delete") yield `a ${type} by us`;
  }
  if (!cleared || truth === undefined) return;
  const at = items.findIndex((item) => item.id === truth.itemId);
  const heard = items[at]!;
  if (truth.ms > 350 && heard.producedMs - truth.ms > 400 && !asked.has(heard.id)) {
    yield "half heard but not truncated";
  }
  for (const { id, producedMs } of items.slice(at + 1)) {
    if (producedMs > 400 && !asked.has(id)) yield "unheard but not taken back";
  }
}

function truncates({ requests }: Batch) {
  return requests.filter((request) => request.type === "truncate");
}

/** A position in an item, from the beginning of the batch. */
function place(
  items: readonly Item[],
  { itemId, ms }: { readonly itemId: string; readonly ms: number },
): number {
  const index = items.findIndex((item) => item.id === itemId);
  return items.slice(0, index).reduce((sum, item) => sum + item.producedMs, 0) + ms;
}
