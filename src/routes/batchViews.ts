import type { z } from "@hono/zod-openapi";
import {
  type BatchDetail,
  type BatchPreview,
  type BatchState,
  type CallRefusal,
  type CheckedCall,
  type RefusedCall,
  type TableProblem,
  viewBatch,
} from "../services/outbound.ts";
import { RATE_MS } from "../services/store.ts";
import { present } from "../utils/present.ts";
import type { AskedBatch } from "./batchRequest.ts";
import { refusalOf } from "./middleware/outboundProblem.ts";
import type { batchDetail, batchPreview } from "./openapi/batchSchemas.ts";

/** A batch with its figures; `now` in milliseconds since 1970. */
export function viewDetail(
  { batch, figures, events }: BatchDetail,
  now: number,
): z.infer<typeof batchDetail> {
  const { pending, placing, placed } = batch.progress;
  const left = pending + placing + placed;
  const { endedLately, latelySince = now, outcomes, calls, connectedMs, usd, unpriced } = figures;
  const minutes = Math.min(RATE_MS, Math.max(1000, now - latelySince)) / 60_000;
  const callsPerMinute = endedLately / minutes;
  const summary = viewBatch(batch);
  return {
    ...summary,
    plan: { ...(batch.plan as Record<string, unknown> | undefined) },
    outcomes: outcomes.map((each) => ({ ...each })),
    calls,
    minutes: Math.round(connectedMs / 600) / 100,
    usd: Math.round(usd * 10_000) / 10_000,
    unpriced,
    callsPerMinute: Math.round(callsPerMinute * 100) / 100,
    estimatedEnd: summary.state !== "running" || left === 0 || callsPerMinute === 0
      ? null
      : isoOf(now + left / callsPerMinute * 60_000),
    events: events.map(({ type, at, reason }) => ({ type, at: isoOf(at), reason: reason ?? null })),
  };
}

/** A page of a batch's calls. */
export function viewState({ batch, items }: BatchState, limit: number) {
  const { id, createdAt, progress } = batch;
  return {
    batchId: id,
    createdAt: isoOf(createdAt),
    total: viewBatch(batch).total,
    progress: { ...progress },
    calls: items.map(({ item, number, state, callId, detail }) => ({
      index: item,
      to: number,
      state,
      callId: callId ?? null,
      detail: detail ?? null,
    })),
    next: items.length < limit ? null : (items.at(-1)?.item ?? 0) + 1,
  };
}

/** Calls that are not made, with the lines of which none could be made. */
export function* viewRefused(
  refused: readonly RefusedCall[],
  problems: readonly TableProblem[] = [],
) {
  for (const { index, call: { line }, refusal } of refused) {
    yield { index, ...present({ line }), ...viewRefusal(refusal) };
  }
  for (const problem of problems) yield viewProblem(problem);
}

/** What would become of a batch, without its calls. */
export function viewPreview(
  { calls, estimate, room }: BatchPreview,
  { table }: AskedBatch,
): Omit<z.infer<typeof batchPreview>, "calls"> {
  const problems = table?.problems ?? [];
  const byReason: Record<string, number> = {};
  const count = (reason: string) => byReason[reason] = (byReason[reason] ?? 0) + 1;
  for (const each of calls) if (!each.ok) count(each.refusal.code);
  for (const { code } of problems) count(code);
  const refused = Object.values(byReason).reduce((sum, calls) => sum + calls, 0);
  return {
    accepted: calls.length + problems.length - refused,
    refused,
    byReason,
    ...(table !== undefined && {
      columns: table.columns.map((column) => ({
        heading: column.heading,
        role: column.role === "variable" ? `variable ${column.name}` : column.role,
      })),
      encoding: table.encoding,
    }),
    estimate,
    room,
  };
}

/** What would become of each call, in the order of the table's lines. */
export function* viewChecks(
  calls: readonly CheckedCall[],
  problems: readonly TableProblem[] = [],
): Generator<z.infer<typeof batchPreview>["calls"][number]> {
  const left = [...problems].reverse();
  for (const checked of calls) {
    const { line = Infinity } = checked.call;
    while ((left.at(-1)?.line ?? Infinity) < line) yield* left.splice(-1).map(viewUnread);
    yield viewChecked(checked);
  }
  for (const problem of left.reverse()) yield viewUnread(problem);
}

function viewUnread(problem: TableProblem) {
  return { to: "", state: "refused" as const, ...viewProblem(problem) };
}

function viewChecked(checked: CheckedCall): z.infer<typeof batchPreview>["calls"][number] {
  const { index, call: { to, line } } = checked;
  const row = { index, ...present({ line }) };
  if (!checked.ok) return { ...row, to, state: "refused", ...viewRefusal(checked.refusal) };
  const { number, country, opensAt } = checked;
  return {
    ...row,
    to: number,
    state: opensAt === undefined ? "accepted" : "waits",
    ...present({ country }),
    ...(opensAt !== undefined && { notBefore: isoOf(opensAt) }),
  };
}

function viewRefusal({ kind, code: reason, sentence: error, destination }: CallRefusal) {
  const code = destination !== undefined
    ? refusalOf(destination).code
    : kind === "number"
    ? "invalid_number"
    : reason;
  return { code, reason, error };
}

function viewProblem({ line, column, code: reason, message: error }: TableProblem) {
  return { index: -1, line, ...present({ column }), code: "invalid_line", reason, error };
}

/** As every answer writes times. */
export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** Null for a time that has not come. */
export function maybeIso(at: number | undefined): string | null {
  return at === undefined ? null : isoOf(at);
}
