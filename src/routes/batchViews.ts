import type { z } from "@hono/zod-openapi";
import {
  type BatchDetail,
  type BatchPreview,
  type BatchState,
  type CallRefusal,
  type CheckedCall,
  missingAmong,
  type RefusedLine,
  viewBatch,
} from "../services/outbound.ts";
import { RATE_MS } from "../services/store.ts";
import { present } from "../utils/present.ts";
import type { AskedBatch } from "./batchRequest.ts";
import { refusalOf } from "./middleware/outboundProblem.ts";
import type { batchDetail } from "./openapi/batchResultSchemas.ts";
import type { batchPreview } from "./openapi/batchSchemas.ts";

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

/** Lines of which no call is made, in their order. */
export function* viewRefused(refused: readonly RefusedLine[]) {
  for (const { index, line, refusal } of refused) {
    yield { index, ...present({ line }), ...viewRefusal(refusal) };
  }
}

/** What would become of a batch, without its calls. */
export function viewPreview(
  { calls, estimate, room }: BatchPreview,
  { table }: AskedBatch,
): Omit<z.infer<typeof batchPreview>, "calls"> {
  const byReason: Record<string, number> = {};
  for (const each of calls) {
    if (!each.ok) byReason[each.refusal.code] = (byReason[each.refusal.code] ?? 0) + 1;
  }
  const refused = Object.values(byReason).reduce((sum, calls) => sum + calls, 0);
  const missing = missingAmong(calls);
  return {
    accepted: calls.length - refused,
    refused,
    byReason,
    ...(missing.length > 0 && { missingVariables: [...missing] }),
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

/** What would become of each call, in the order of the request. */
export function* viewChecks(
  calls: readonly CheckedCall[],
): Generator<z.infer<typeof batchPreview>["calls"][number]> {
  for (const checked of calls) yield viewChecked(checked);
}

function viewChecked(checked: CheckedCall): z.infer<typeof batchPreview>["calls"][number] {
  const { index, call: { to, line } } = checked;
  const row = { index, ...present({ line }) };
  if (!checked.ok) return { ...row, to, state: "refused", ...viewRefusal(checked.refusal) };
  const { number, country, opensAt, missing } = checked;
  return {
    ...row,
    to: number,
    state: opensAt === undefined ? "accepted" : "waits",
    ...present({ country }),
    ...(opensAt !== undefined && { notBefore: isoOf(opensAt) }),
    ...(missing !== undefined && { missingVariables: [...missing] }),
  };
}

function viewRefusal({ kind, code: reason, sentence: error, column, destination }: CallRefusal) {
  return {
    ...present({ column }),
    code: destination === undefined ? codes[kind] ?? reason : refusalOf(destination).code,
    reason,
    error,
  };
}

/** Where the reason is not the code. */
const codes: { readonly [Kind in CallRefusal["kind"]]?: string } = {
  number: "invalid_number",
  line: "invalid_line",
};

/** As every answer writes times. */
export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** Null for a time that has not come. */
export function maybeIso(at: number | undefined): string | null {
  return at === undefined ? null : isoOf(at);
}
