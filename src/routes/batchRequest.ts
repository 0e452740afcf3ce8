import type { MiddlewareHandler } from "@hono/hono";
import type { z } from "@hono/zod-openapi";
import {
  type BatchOfCalls,
  type BatchTable,
  readBatchTable,
  TABLE_BOUNDS,
} from "../services/outbound.ts";
import { readBody } from "../utils/bodyReader.ts";
import { parseBoundedJson } from "../utils/http/boundedJson.ts";
import { WorkSlices } from "../utils/workSlices.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { batchOptions, type batchRequest } from "./openapi/batchSchemas.ts";
import { invalidRequest } from "./openapi/schemaParts.ts";

/** A request to make a batch, as JSON or as a table. */
export type AskedBatch =
  & Omit<BatchOfCalls, "agent" | "from" | "keyName">
  & {
    readonly agent?: string | undefined;
    readonly from?: string | undefined;
    readonly table?: BatchTable;
  };

/** A thousand numbers, each with some variables. */
const MAX_JSON_BYTES = 2 * 1024 * 1024;
const CSV = /^(text\/csv|application\/csv)\b/i;

/** Reads the body of a batch within limits: JSON, or the bytes of a table, which `tableOf` returns. */
export function batchBody(): MiddlewareHandler {
  const readJson = jsonBody(MAX_JSON_BYTES);
  return async function batchBody(c, next) {
    const type = c.req.raw.headers.get("content-type") ?? "";
    if (!CSV.test(type)) return await readJson(c, next);
    tables.set(c, await readBody(c.req.raw, { maxBytes: TABLE_BOUNDS.bytes, timeoutMs: 60_000 }));
    return await next();
  };
}

/** The bytes of a table that was sent; undefined for JSON. */
export function tableOf(c: object): Uint8Array | undefined {
  return tables.get(c);
}

const tables = new WeakMap<object, Uint8Array>();

/** The batch of a JSON request. Throws an `HttpProblem`. */
export function askedByJson(request: z.infer<typeof batchRequest>): AskedBatch {
  const { calls, ...options } = request;
  return { ...optionsOf(options), calls };
}

/** The batch of a table, with its options as JSON. Throws an `HttpProblem` or `UnreadableTable`. */
export async function askedByTable(
  bytes: Uint8Array,
  options: string | undefined,
): Promise<AskedBatch> {
  const { columns = {}, ...given } = readOptions(options);
  const table = await readBatchTable(bytes, columns, new WorkSlices());
  return { ...optionsOf(given), calls: table.calls, table };
}

function readOptions(text = "{}"): z.infer<typeof batchOptions> {
  const read = batchOptions.safeParse(parseBoundedJson(text));
  if (read.success) return read.data;
  throw invalidRequest(read.error.issues, ["options"]);
}

function optionsOf(
  { hours, perMinute, atOnce, stop, retry, startsAt, endsAt, columns: _, ...rest }: z.infer<
    typeof batchOptions
  >,
): Omit<AskedBatch, "calls"> {
  const [from, to] = [momentOf(startsAt), momentOf(endsAt)];
  if (to !== undefined && to <= Math.max(from ?? 0, 0)) {
    throw invalidRequest([{ path: ["endsAt"], message: "must be after startsAt" }]);
  }
  const plan = Object.entries({ hours, perMinute, atOnce, stop, retry });
  return {
    ...rest,
    plan: Object.fromEntries(plan.filter(([, value]) => value !== undefined)),
    startsAt: from,
    endsAt: to,
  };
}

function momentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
