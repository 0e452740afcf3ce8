import type { TypedResponse } from "@hono/hono";
import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import { WorkSlices } from "../utils/workSlices.ts";

/**
 * Answers with an object that has a long list in it, which is written in slices: each row is made when its
 * turn comes.
 */
export function slicedJson<
  Head extends object,
  Name extends string,
  Row,
  Status extends ContentfulStatusCode,
>(
  status: Status,
  head: Head,
  name: Name,
  rows: Iterable<Row>,
): Response & TypedResponse<Head & Record<Name, Row[]>, Status, "json">;
export function slicedJson(
  status: number,
  head: object,
  name: string,
  rows: Iterable<unknown>,
): Response {
  const body = ReadableStream.from(chunksOf(head, name, rows)).pipeThrough(new TextEncoderStream());
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

const CHUNK_CHARS = 32_000;

async function* chunksOf(
  head: object,
  name: string,
  rows: Iterable<unknown>,
): AsyncGenerator<string> {
  const slices = new WorkSlices();
  let chunk = `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(name)}:[`;
  let separator = "";
  for (const row of rows) {
    chunk += separator + JSON.stringify(row);
    separator = ",";
    await slices.pause();
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = "";
  }
  yield `${chunk}]}`;
}
