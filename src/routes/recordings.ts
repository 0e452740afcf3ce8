import { createRoute, z } from "@hono/zod-openapi";
import type { CallLookup } from "../services/calls.ts";
import { RecordingFault, type Recordings } from "../services/recording.ts";
import type { Records } from "../services/records.ts";
import type { CallRecord, CallStore, RecordingRecord } from "../services/store.ts";
import { byteRange } from "./byteRange.ts";
import { visibleTo } from "./callFilters.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem, required, unknownCall } from "./middleware/httpProblem.ts";
import { apiRoutes, callIdParam, errorAnswers } from "./openapi/schemaParts.ts";
import { notRecorded, recordingProblem, recordingRemoved } from "./recordingProblem.ts";

/** What one read of the disk brings, so that a download takes little memory. */
const CHUNK_BYTES = 256 * 1024;

/** `/api/calls/{id}/recording`: hear, save and remove the recording of a call. */
export function recordingsRoutes({ access, lookup, callStore, recordings, removal, instanceId }: {
  readonly access: RequireScope;
  readonly lookup: Pick<CallLookup, "record">;
  readonly callStore: Pick<CallStore, "content">;
  readonly recordings: Pick<Recordings, "sizeOf" | "read">;
  readonly removal: Pick<Records["recordingRemoval"], "remove">;
  readonly instanceId: string;
}) {
  const routes = apiRoutes();

  routes.openapi({ ...read, middleware: [access("calls:read")] }, async (c) => {
    const call = visibleTo(c.get("caller"), await lookup.record(c.req.valid("param").id));
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
  });

  routes.openapi({ ...remove, middleware: [access("admin")] }, async (c) => {
    const call = required(await lookup.record(c.req.valid("param").id), unknownCall);
    const { recording } = await callStore.content(call.id);
    if (recording === undefined) throw notRecorded();
    if (isGoingOn(call, recording)) {
      throw new HttpProblem(
        409,
        "recording_under_way",
        "The call is being recorded: stop that first, by the action recording with change stop.",
      );
    }
    await removal.remove(call.id);
    return c.body(null, 204);
  });

  return routes;

  function audioOf(
    callId: string,
    { from, to, bytes: size }: {
      readonly from: number;
      readonly to: number;
      readonly bytes: number;
    },
  ): ReadableStream<Uint8Array> {
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

function isGoingOn({ status }: CallRecord, { state }: RecordingRecord): boolean {
  return status !== "ended" && (state === "on" || state === "paused");
}

const tags = ["Calls"];

const read = createRoute({
  method: "get",
  path: "/api/calls/{id}/recording",
  operationId: "getRecording",
  summary: "Hear or save the recording",
  description:
    "A stereo WAV file, the caller left and the agent right, as they were heard; its beginning is that of the call, so that `startedMs` of a turn is its place. Takes `Range` of one range. Of a call under way, what there is so far.",
  tags,
  request: { params: callIdParam },
  responses: {
    200: {
      description: "The recording",
      content: { "audio/wav": { schema: z.string().openapi({ format: "binary" }) } },
    },
    206: {
      description: "A part of it",
      content: { "audio/wav": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...errorAnswers,
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/calls/{id}/recording",
  operationId: "removeRecording",
  summary: "Remove the recording",
  description:
    "From the disks of all instances; the call's record stays, with the proof of consent. 409 `recording_under_way` while it goes on. Takes the scope `admin`.",
  tags,
  request: { params: callIdParam },
  responses: { 204: { description: "Removed" }, ...errorAnswers },
});
