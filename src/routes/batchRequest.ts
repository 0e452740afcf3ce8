import type { MiddlewareHandler } from "@hono/hono";
import type { z } from "@hono/zod-openapi";
import {
  type BatchOfCalls,
  type BatchTable,
  readBatchTable,
  type RequestedCall,
  TABLE_BOUNDS,
} from "../services/outbound.ts";
import { readBody } from "../utils/bodyReader.ts";
import { parseBoundedJson } from "../utils/http/boundedJson.ts";
import { formParts } from "../utils/multipart.ts";
import { WorkSlices } from "../utils/workSlices.ts";
import { readBatchJson } from "./batchJson.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
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

const CSV = /^(text\/csv|application\/csv)\b/i;
const FORM = /^multipart\/form-data\b/i;
/** Beside the file of a form. */
const MAX_FORM_BYTES = 64 * 1024;

/** A table that was sent, and the options of a form. */
interface SentTable {
  readonly bytes: Uint8Array;
  readonly options?: string | undefined;
}

/** Reads the body of a batch within limits: JSON, or a table, by itself or in a form, which `tableOf` returns. */
export function batchBody(): MiddlewareHandler {
  return async function batchBody(c, next) {
    const type = c.req.raw.headers.get("content-type") ?? "";
    const read = (maxBytes: number) => readBody(c.req.raw, { maxBytes, timeoutMs: 60_000 });
    if (CSV.test(type)) tables.set(c, { bytes: await read(TABLE_BOUNDS.bytes) });
    else if (FORM.test(type)) {
      tables.set(c, tableOfForm(await read(TABLE_BOUNDS.bytes + MAX_FORM_BYTES), type));
    } else {
      const { url, method, headers } = c.req.raw;
      const { head, calls } = await readBatchJson(c.req.raw);
      if (calls !== undefined) listed.set(c, calls);
      // What reads it next parses it once more, in one turn of the event loop.
      c.req.raw = new Request(url, { method, headers, body: head });
    }
    return await next();
  };
}

/** A table that was sent; undefined for JSON. */
export function tableOf(c: object): SentTable | undefined {
  return tables.get(c);
}

const tables = new WeakMap<object, SentTable>();
/** The calls of requests as JSON that have been checked. */
const listed = new WeakMap<object, readonly RequestedCall[]>();

function tableOfForm(body: Uint8Array<ArrayBuffer>, type: string): SentTable {
  const parts = formParts(body, type);
  const file = parts?.find(({ name }) => name === "file");
  if (file === undefined) {
    const message = "a form has its table as the field file, and may have options";
    throw invalidRequest([{ path: ["file"], message }]);
  }
  if (file.bytes.length > TABLE_BOUNDS.bytes) {
    throw new HttpProblem(413, "body_too_large", "The file has more than 4 MB: divide it.");
  }
  const options = parts?.find(({ name }) => name === "options");
  return { bytes: file.bytes, options: options && new TextDecoder().decode(options.bytes) };
}

/** The batch of a JSON request that `batchBody` has read. Throws an `HttpProblem`. */
export function askedByJson(c: object, request: z.infer<typeof batchRequest>): AskedBatch {
  const { calls, ...options } = request;
  return { ...optionsOf(options), calls: listed.get(c) ?? calls };
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
