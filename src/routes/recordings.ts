import type { Context } from "@hono/hono";
import { createRoute, z } from "@hono/zod-openapi";
import type { CallLookup } from "../services/calls.ts";
import type { Recordings } from "../services/recording.ts";
import type { Records } from "../services/records.ts";
import type { CallRecord, CallStore, RecordingRecord } from "../services/store.ts";
import type { RouteEnv } from "./baseRouter.ts";
import { visibleTo } from "./callFilters.ts";
import type { RequireScope } from "./middleware/access.ts";
import {
  HttpProblem,
  requireAllowed,
  required,
  unauthorized,
  unknownCall,
} from "./middleware/httpProblem.ts";
import { answer, apiRoutes, callIdParam, errorAnswers, time } from "./openapi/schemaParts.ts";
import type { RecordingLinks } from "./recordingLinks.ts";
import { notRecorded } from "./recordingProblem.ts";
import { createSendRecording } from "./recordingSound.ts";
import { BoundedMap } from "../utils/boundedMap.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";

/** As long as a link lasts. */
const READING_MS = 10 * 60_000;
/** A player asks once for each place that its user seeks, many times a second while that is dragged. */
const LINK_REQUESTS = { capacity: 200, refillPerSecond: 10 };
/** From all addresses together: a link may have been passed on. */
const REQUESTS_OF_LINK = { capacity: 600, refillPerSecond: 20 };

/** `/api/calls/{id}/recording`: hear, save and remove the recording of a call. */
export function recordingsRoutes(
  { access, lookup, callStore, links, removal, addressOf, now, ...sound }: {
    readonly access: RequireScope;
    readonly lookup: Pick<CallLookup, "record">;
    readonly callStore: Pick<CallStore, "content">;
    readonly recordings: Pick<Recordings, "sizeOf" | "read">;
    readonly links: RecordingLinks;
    readonly removal: Pick<Records["recordingRemoval"], "remove">;
    readonly instanceId: string;
    readonly addressOf: (c: Context<RouteEnv>) => string;
    /** Milliseconds since 1970. */
    readonly now: () => number;
  },
) {
  const routes = apiRoutes();
  const readAt = new BoundedMap<string, number>(1000);
  const byAddress = createRateLimiter(LINK_REQUESTS);
  const byLink = createRateLimiter(REQUESTS_OF_LINK);
  const send = createSendRecording({ ...sound, callStore });

  routes.openapi({ ...read, middleware: [access("calls:read", "recording.read")] }, async (c) => {
    const call = visibleTo(c.get("caller"), await lookup.record(c.req.valid("param").id));
    const sent = await send(c, call);
    if (c.req.method === "HEAD") return sent;
    // Whoever asks for one part after the other hears it once.
    const reader = `${c.get("caller").keyName ?? ""} ${call.id}`;
    const isPart = c.req.header("range") !== undefined;
    if (isPart && now() - (readAt.get(reader) ?? -Infinity) < READING_MS) {
      c.set("audited", { action: "recording.read", isLeftOut: true });
    } else readAt.set(reader, now());
    return sent;
  });

  routes.openapi({ ...link, middleware: [access("calls:read", "recording.read")] }, async (c) => {
    const call = visibleTo(c.get("caller"), await lookup.record(c.req.valid("param").id));
    const issued = await links.issue(call.id, c.get("caller"));
    const path = `/api/calls/${call.id}/recording/sound?link=${issued.link}`;
    return c.json({ path, expiresAt: new Date(issued.expiresAt).toISOString() }, 200);
  });

  // Not in the OpenAPI document: the link is the key.
  routes.get("/api/calls/:id/recording/sound", async (c: Context<RouteEnv>) => {
    const id = c.req.param("id") ?? "";
    const link = c.req.query("link") ?? "";
    if (!await links.accepts(id, link)) throw invalidLink();
    requireAllowed(byAddress.consume(`${link} ${addressOf(c)}`, now()));
    requireAllowed(byLink.consume(link, now()));
    return await send(c, required(await lookup.record(id), unknownCall));
  });

  routes.openapi({ ...remove, middleware: [access("admin", "recording.remove")] }, async (c) => {
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
}

function isGoingOn({ status }: CallRecord, { state }: RecordingRecord): boolean {
  return status !== "ended" && (state === "on" || state === "paused");
}

function invalidLink(): HttpProblem {
  return unauthorized("link_invalid", "This link is not valid, or no longer: ask for another one.");
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

const link = createRoute({
  method: "post",
  path: "/api/calls/{id}/recording/link",
  operationId: "linkRecording",
  summary: "Get a link that plays the recording",
  description:
    "For players that cannot send the API key, such as that of a browser: who has the path hears this recording, and nothing else, for ten minutes, or until the key is revoked. It takes `Range` as the recording does, so often as a player that seeks needs: 200 times at once and 10 a second from one address, and then answers 429 `rate_limited`.",
  tags,
  request: { params: callIdParam },
  responses: {
    200: answer("The link", z.object({ path: z.string(), expiresAt: time })),
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
