import type { Context } from "@hono/hono";
import { RecordingFault, type Recordings } from "../services/recording.ts";
import type { CallRecord, CallStore } from "../services/store.ts";
import { byteRange } from "./byteRange.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { recordingProblem, recordingRemoved } from "./recordingProblem.ts";

/** What one read of the disk brings, so that a download takes little memory. */
const CHUNK_BYTES = 256 * 1024;

/** Creates what answers with the recording of a call, whole or by the one range that is asked for. */
export function createSendRecording({ callStore, recordings, instanceId }: {
  readonly callStore: Pick<CallStore, "content">;
  readonly recordings: Pick<Recordings, "sizeOf" | "read">;
  readonly instanceId: string;
}): (c: Context, call: CallRecord) => Promise<Response> {
  return async function sendRecording(c, call) {
    const { recording } = await callStore.content(call.id);
    if (recording?.removedAt !== undefined) throw recordingRemoved();
    const { bytes, modifiedAt } = await recordings.sizeOf(call.id)
      .catch((error) => {
        throw recordingProblem(error, recording, instanceId);
      });
    const etag = `"${bytes.toString(36)}-${Math.round(modifiedAt).toString(36)}"`;
    const headers = {
      "Content-Type": "audio/wav",
      "Accept-Ranges": "bytes",
      "Cache-Control": "private, no-store",
      "Content-Disposition": `inline; filename="${call.id}.wav"`,
      "ETag": etag,
    };
    const condition = c.req.header("if-range");
    const asked = condition === undefined || condition === etag ? c.req.header("range") : undefined;
    const range = byteRange(asked, bytes);
    if (range === "unsatisfiable") {
      throw new HttpProblem(416, "range_not_satisfiable", "The recording is shorter.", {
        headers: { "Content-Range": `bytes */${bytes}` },
      });
    }
    const { from, to } = range ?? { from: 0, to: bytes };
    const body = audioOf(call.id, { from, to, bytes });
    const length = { "Content-Length": String(to - from) };
    if (range === undefined) return c.body(body, 200, { ...headers, ...length });
    const contentRange = { "Content-Range": `bytes ${from}-${to - 1}/${bytes}` };
    return c.body(body, 206, { ...headers, ...length, ...contentRange });
  };

  function audioOf(
    callId: string,
    { from, to, bytes: size }: {
      readonly from: number;
      readonly to: number;
      readonly bytes: number;
    },
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = from;
    return new ReadableStream({
      async pull(controller) {
        const bytes = await recordings.read(callId, {
          from: at,
          to: Math.min(at + CHUNK_BYTES, to),
          bytes: size,
        });
        at += bytes.length;
        if (bytes.length > 0) controller.enqueue(bytes);
        if (at >= to) controller.close();
        else if (bytes.length === 0) controller.error(new RecordingFault("not_found"));
      },
    }, { highWaterMark: 0 });
  }
}
