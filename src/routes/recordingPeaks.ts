import { createRoute, z } from "@hono/zod-openapi";
import type { CallLookup } from "../services/calls.ts";
import type { Recordings } from "../services/recording.ts";
import type { CallStore } from "../services/store.ts";
import { visibleTo } from "./callFilters.ts";
import type { RequireScope } from "./middleware/access.ts";
import { isHeld } from "./middleware/etag.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import {
  answer,
  apiRoutes,
  callIdParam,
  errorAnswers,
  wholeNumber,
} from "./openapi/schemaParts.ts";
import { recordingProblem, recordingRemoved } from "./recordingProblem.ts";

/** So many recordings are read at a time: who wants more peaks comes again. */
const MAX_READING = 4;
const MAX_MS = 999_999_999;

/** `/api/calls/{id}/recording/peaks`: how loud a recording is over time, for a picture of it. */
export function recordingPeaksRoutes({ access, lookup, callStore, recordings, instanceId }: {
  readonly access: RequireScope;
  readonly lookup: Pick<CallLookup, "record">;
  readonly callStore: Pick<CallStore, "content">;
  readonly recordings: Pick<Recordings, "sizeOf" | "peaks">;
  readonly instanceId: string;
}) {
  const routes = apiRoutes();
  let reading = 0;

  routes.openapi({ ...peaks, middleware: [access("calls:read")] }, async (c) => {
    const { buckets, fromMs, toMs } = c.req.valid("query");
    const call = visibleTo(c.get("caller"), await lookup.record(c.req.valid("param").id));
    const { recording } = await callStore.content(call.id);
    if (recording?.removedAt !== undefined) throw recordingRemoved();
    const orProblem = (error: unknown) => {
      throw recordingProblem(error, recording, instanceId);
    };
    const size = await recordings.sizeOf(call.id).catch(orProblem);
    const sampleAt = (ms: number) => Math.min(Math.round(ms * size.hz / 1000), size.samples);
    const from = sampleAt(fromMs);
    const to = Math.max(from, toMs === MAX_MS ? size.samples : sampleAt(toMs));
    const version = [size.bytes, Math.round(size.modifiedAt), from, to, buckets];
    const etag = `"${version.map((one) => one.toString(36)).join("-")}"`;
    const headers = { "ETag": etag, "Cache-Control": "private, no-cache" };
    if (isHeld(etag, c.req.header("if-none-match"))) return c.body(null, 304, headers);
    if (reading >= MAX_READING) throw busy();
    reading++;
    try {
      const part = { from, to, parts: buckets };
      const { caller, agent } = await recordings.peaks(call.id, part).catch(orProblem);
      const msOf = (sample: number) => Math.round(sample * 1000 / size.hz);
      const range = { durationMs: size.durationMs, fromMs: msOf(from), toMs: msOf(to) };
      return c.json(
        { ...range, caller: caller.map(rounded), agent: agent.map(rounded) },
        200,
        headers,
      );
    } finally {
      reading--;
    }
  });

  return routes;
}

function rounded(peak: number): number {
  return Math.round(peak * 1000) / 1000;
}

function busy(): HttpProblem {
  return new HttpProblem(
    429,
    "recordings_busy",
    "Other recordings are being read: try again in a moment.",
    { retryAfterSeconds: 1 },
  );
}

const loudness = z.array(z.number().min(0).max(1));

const peaks = createRoute({
  method: "get",
  path: "/api/calls/{id}/recording/peaks",
  operationId: "getRecordingPeaks",
  summary: "See how loud the recording is over time",
  description:
    "For a picture of the recording, without its sound: for equal parts of it, how far each side is from silence at its loudest, from 0 to 1. `fromMs` and `toMs` narrow it to a part of the call; there are fewer buckets where there are not as many samples. Its `ETag` changes with the recording. 429 `recordings_busy` while several others are read.",
  tags: ["Calls"],
  request: {
    params: callIdParam,
    query: z.strictObject({
      buckets: wholeNumber({ min: 1, max: 4000, fallback: 800 }),
      fromMs: wholeNumber({ min: 0, max: MAX_MS, fallback: 0 }),
      toMs: wholeNumber({ min: 0, max: MAX_MS, fallback: MAX_MS }),
    }),
  },
  responses: {
    200: answer(
      "The peaks",
      z.object({
        durationMs: z.number().openapi({ description: "Of the whole recording" }),
        fromMs: z.number(),
        toMs: z.number(),
        caller: loudness,
        agent: loudness,
      }).openapi("RecordingPeaks"),
    ),
    304: { description: "The client has them already" },
    ...errorAnswers,
  },
});
