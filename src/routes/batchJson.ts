import { z } from "@hono/zod-openapi";
import type { RequestedCall } from "../services/outbound.ts";
import { readJsonText } from "../utils/bodyReader.ts";
import { parseBoundedJson } from "../utils/http/boundedJson.ts";
import { cutArray } from "../utils/http/cutArray.ts";
import { WorkSlices } from "../utils/workSlices.ts";
import { batchRequest, MAX_JSON_CALLS, requestedCall } from "./openapi/batchSchemas.ts";
import { invalidRequest } from "./openapi/schemaParts.ts";

/** A batch as JSON, whose calls have been checked by themselves. */
export interface BatchJson {
  /** The request with no more than its first call. */
  readonly head: string;
  /** Undefined where they are still in `head`, all of them. */
  readonly calls: readonly RequestedCall[] | undefined;
}

/** A thousand numbers, each with some variables. */
const MAX_JSON_BYTES = 2 * 1024 * 1024;
/** Fifty variables of a thousand characters, each of them written as an escape. */
const MAX_CALL_CHARS = 350_000;

/** Reads a batch within limits, its calls in slices. Throws a `BodyError`, or an `HttpProblem` for calls that are not valid. */
export async function readBatchJson(request: Request): Promise<BatchJson> {
  const text = await readJsonText(request, { maxBytes: MAX_JSON_BYTES });
  const slices = new WorkSlices();
  const cut = await cutArray(text, "calls", MAX_CALL_CHARS, slices);
  const [first] = cut?.items ?? [];
  if (cut === undefined || first === undefined) {
    // What is wrong with it is told by what reads all bodies.
    parseBoundedJson(text);
    return { head: text, calls: undefined };
  }
  const head = cut.withItems(first);
  const rest = parseBoundedJson(head);
  const count = few.safeParse(cut.items);
  const issues: { path: PropertyKey[]; message: string }[] = [...count.error?.issues ?? []]
    .map(({ message }) => ({ path: ["calls"], message }));
  const calls: RequestedCall[] = [];
  for (const [index, item] of (count.success ? cut.items : []).entries()) {
    await slices.pause();
    const read = requestedCall.safeParse(parseBoundedJson(item));
    if (read.success) calls.push(read.data);
    else if (issues.length < MAX_TOLD) {
      issues.push(
        ...read.error.issues.map((issue) => ({ ...issue, path: ["calls", index, ...issue.path] })),
      );
    }
  }
  if (issues.length === 0) return { head, calls };
  const others = batchRequest.safeParse(rest).error?.issues ?? [];
  throw invalidRequest([...others.filter(({ path }) => path[0] !== "calls"), ...issues]);
}

const few = z.array(z.unknown()).max(MAX_JSON_CALLS);
/** Problems that are told of at a time. */
const MAX_TOLD = 20;
