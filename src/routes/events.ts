import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { EventLog, LoggedEvent } from "../services/eventLog.ts";
import type { Caller, CallerEnv, RequireScope } from "./access.ts";
import { HttpProblem } from "./errors.ts";
import { createEventStream, positionOf } from "./eventStream.ts";
import { callIdParam, errorAnswers, refuseInvalid } from "./openapiParts.ts";

export interface EventsRoutesDeps {
  readonly access: RequireScope;
  readonly log: EventLog;
  /** Tells this run of the process from others; part of every event's id. */
  readonly runId: string;
  /** What is known of a call, live or ended. */
  readonly findCall: (
    callId: string,
  ) => Promise<{ readonly keyName?: string; readonly ended: boolean } | undefined>;
  readonly maxStreamsPerKey?: number;
  readonly maxStreams?: number;
  readonly heartbeatMs?: number;
}

/** What happens in calls, while it happens, as server-sent events. */
export function eventsRoutes(
  { access, log, runId, findCall, heartbeatMs = 15_000, ...limits }: EventsRoutesDeps,
): OpenAPIHono<CallerEnv> {
  const routes = new OpenAPIHono<CallerEnv>({ defaultHook: refuseInvalid });
  const takeSlot = createSlots(limits);
  const middleware = [access("calls:read")];

  routes.openapi({ ...everything, middleware }, (c) => {
    const caller = c.get("caller");
    const lastEventId = c.req.valid("header")["last-event-id"];
    return stream(caller, {
      from: lastEventId === undefined ? log.end : positionOf(lastEventId, runId),
      wanted: (event) => isVisible(event, caller),
    });
  });

  routes.openapi({ ...ofOneCall, middleware }, async (c) => {
    const caller = c.get("caller");
    const { id } = c.req.valid("param");
    const call = await findCall(id);
    if (call === undefined || !(caller.isAdmin || call.keyName === caller.keyName)) {
      throw new HttpProblem(404, "unknown_call", "There is no such call.");
    }
    const lastEventId = c.req.valid("header")["last-event-id"];
    const from = lastEventId === undefined ? log.start : positionOf(lastEventId, runId);
    const wanted = (event: LoggedEvent) => event.callId === id;
    // Browsers reconnect until they are told that there is nothing more.
    if (call.ended && !hasMore(from, wanted)) return c.body(null, 204);
    return stream(caller, { from, wanted, last: "ended" });
  });

  return routes;

  function hasMore(from: number | undefined, wanted: (event: LoggedEvent) => boolean): boolean {
    return log.read(from ?? log.start, wanted, Infinity).events.length > 0;
  }

  function stream(caller: Caller, reading: {
    readonly from: number | undefined;
    readonly wanted: (event: LoggedEvent) => boolean;
    readonly last?: LoggedEvent["type"];
  }): Response {
    const release = takeSlot(caller.keyName ?? "");
    const body = createEventStream(log, { ...reading, runId, heartbeatMs, onClose: release });
    return new Response(body, { headers: streamHeaders });
  }
}

const streamHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  // Compressed or gathered by a proxy, events would come late.
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
};

const request = {
  headers: z.object({
    "last-event-id": z.string().max(100).optional().openapi({
      description: "The id of the last event that was read: the stream goes on behind it.",
    }),
  }),
};

const eventStream = {
  description:
    "Events, as long as somebody reads. Where some are no longer kept, `missed` says so.",
  content: {
    "text/event-stream": {
      schema: z.string().openapi({
        example:
          'id: r1-42\nevent: turn\ndata: {"callId":"call_01k9...","at":"2027-01-31T09:00:00.000Z","event":{"type":"turn","turn":{"role":"caller","text":"Hello?"}}}\n\n',
      }),
    },
  },
};

const everything = createRoute({
  method: "get",
  path: "/api/events",
  summary: "Watch all calls",
  description: "Begins with what happens next, or behind `Last-Event-ID`.",
  tags: ["Events"],
  request,
  responses: { 200: eventStream, ...errorAnswers },
});

const ofOneCall = createRoute({
  method: "get",
  path: "/api/calls/{id}/events",
  summary: "Watch one call",
  description:
    "Begins with the call, as far as its events are kept, or behind `Last-Event-ID`; ends with it.",
  tags: ["Events"],
  request: { ...request, params: callIdParam },
  responses: {
    200: eventStream,
    204: { description: "The call is over and nothing is left to be told" },
    ...errorAnswers,
  },
});

function isVisible(event: LoggedEvent, { isAdmin, keyName }: Caller): boolean {
  return isAdmin || (keyName !== undefined && event.keyName === keyName);
}

/** Counts the streams that are open; gives the means to give one back. */
function createSlots({ maxStreamsPerKey = 100, maxStreams = 1000 }: {
  readonly maxStreamsPerKey?: number;
  readonly maxStreams?: number;
}): (name: string) => () => void {
  const open = new Map<string, number>();
  let all = 0;
  return function takeSlot(name) {
    const mine = open.get(name) ?? 0;
    if (mine >= maxStreamsPerKey || all >= maxStreams) {
      throw new HttpProblem(
        429,
        "too_many_streams",
        `No more than ${maxStreamsPerKey} streams of one key may be open: close one first.`,
        undefined,
        { "Retry-After": "10" },
      );
    }
    all++;
    open.set(name, mine + 1);
    return function release() {
      all--;
      const left = (open.get(name) ?? 1) - 1;
      if (left === 0) open.delete(name);
      else open.set(name, left);
    };
  };
}
