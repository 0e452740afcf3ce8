import { createRoute, z } from "@hono/zod-openapi";
import { type EventHead, type EventLog, type LogStart, noPositions } from "../services/events.ts";
import type { CallLookup } from "../services/calls.ts";
import type { Caller, RequireScope } from "./middleware/access.ts";
import { isVisible, visibleTo } from "./callFilters.ts";
import { createEventStream } from "./eventStream.ts";
import { createStreamSlots, type Endings } from "./middleware/streamSlots.ts";
import { apiRoutes, callIdParam, errorAnswers } from "./openapi/schemaParts.ts";
import type { Clock } from "../utils/clock.ts";

/** `/api/events` and `/api/calls/{id}/events`: live events of calls, as server-sent events. */
export function eventsRoutes(
  { access, eventLog, findCall, now, revocation, heartbeatMs = 15_000, ...limits }: Clock & {
    readonly access: RequireScope;
    readonly eventLog: EventLog;
    /** A live or ended call; times are milliseconds since 1970, as `now` is. */
    readonly findCall: CallLookup["known"];
    /** The streams of a key that is revoked, or a session that is ended, are closed. */
    readonly revocation: Endings;
    /** The clock of key expiry, in milliseconds since 1970. */
    readonly wallClock?: () => number;
    readonly maxStreamsPerKey?: number;
    readonly heartbeatMs?: number;
  },
) {
  const routes = apiRoutes();
  const slots = createStreamSlots({ revocation, ...limits });
  const middleware = [access("calls:read")];

  routes.openapi({ ...everything, middleware }, (c) => {
    const caller = c.get("caller");
    const lastEventId = c.req.valid("header")["last-event-id"];
    return stream(c.req.method, caller, {
      from: lastEventId === undefined ? startAt(eventLog.end) : eventLog.resume(lastEventId),
      wanted: (event) => isVisible(caller, event),
      isOver: () => Promise.resolve(false),
    });
  });

  routes.openapi({ ...ofOneCall, middleware }, async (c) => {
    const caller = c.get("caller");
    const { id } = c.req.valid("param");
    const call = visibleTo(caller, await findCall(id));
    const lastEventId = c.req.valid("header")["last-event-id"];
    const from = lastEventId === undefined ? startAt(eventLog.start) : eventLog.resume(lastEventId);
    const wanted = (event: EventHead) => event.callId === id;
    // 204 stops browsers from reconnecting.
    if (isFullyDelivered(id, call.endedAt) && !hasMore(from, wanted)) return c.body(null, 204);
    const isOver = async () => {
      const known = await findCall(id).catch(() => call);
      return known === undefined || known.endedAt !== undefined;
    };
    return stream(c.req.method, caller, { from, wanted, lastType: "ended", isOver });
  });

  return routes;

  /** Where another process holds the call, the record of its end arrives before the event. */
  function isFullyDelivered(callId: string, endedAt: number | undefined): boolean {
    if (endedAt === undefined) return false;
    const isEnd = (event: EventHead) => event.callId === callId && event.type === "ended";
    return now() - endedAt > LATEST_EVENT_MS || hasMore(startAt(eventLog.start), isEnd);
  }

  function hasMore({ position, after }: LogStart, wanted: (event: EventHead) => boolean) {
    const one = { maxEvents: Infinity, maxCharacters: 1 };
    return eventLog.read(position, { wanted, after, ...one }).events.length > 0;
  }

  function stream(method: string, caller: Caller, reading: {
    readonly from: LogStart;
    readonly wanted: (event: EventHead) => boolean;
    readonly lastType?: EventHead["type"];
    readonly isOver: () => Promise<boolean>;
  }): Response {
    // Nothing would read its body, or cancel it: its slot were never free again.
    if (method === "HEAD") return new Response(null, { headers: streamHeaders });
    const { signal, release } = slots.open(caller);
    const body = createEventStream(eventLog, { ...reading, heartbeatMs, signal, onClose: release });
    return new Response(body, { headers: streamHeaders });
  }
}

/** Events of other processes arrive sooner than this. */
const LATEST_EVENT_MS = 10_000;

function startAt(position: number): LogStart {
  return { position, after: noPositions };
}

const streamHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  // A proxy that compresses or buffers would delay events.
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
};

const request = {
  headers: z.object({
    "last-event-id": z.string().max(1000).optional().openapi({
      description:
        "The id of the last event that was read: the stream continues after it, at any instance.",
    }),
  }),
};

const eventStream = {
  description:
    "Events until the client disconnects. Where some are no longer kept, a `missed` event says so.",
  content: {
    "text/event-stream": {
      schema: z.string().openapi({
        example:
          'id: inst_01k9-42\nevent: turn\ndata: {"callId":"call_01k9...","at":"2027-01-31T09:00:00.000Z","event":{"type":"turn","turn":{"role":"caller","text":"Hello?"}}}\n\n',
      }),
    },
  },
};

const everything = createRoute({
  method: "get",
  path: "/api/events",
  operationId: "watchCalls",
  summary: "Watch all calls",
  description: "Starts with the next event, or after `Last-Event-ID`.",
  tags: ["Events"],
  request,
  responses: { 200: eventStream, ...errorAnswers },
});

const ofOneCall = createRoute({
  method: "get",
  path: "/api/calls/{id}/events",
  operationId: "watchCall",
  summary: "Watch one call",
  description:
    "Starts at the beginning of the call, as far as its events are kept, or after `Last-Event-ID`; ends with the call.",
  tags: ["Events"],
  request: { ...request, params: callIdParam },
  responses: {
    200: eventStream,
    204: { description: "The call is over and there are no more events" },
    ...errorAnswers,
  },
});
