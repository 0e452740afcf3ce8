import type { Context } from "@hono/hono";
import { createRoute, z } from "@hono/zod-openapi";
import { handleListenSocket } from "../handlers/listenHandler.ts";
import { LISTEN_PROTOCOL } from "../protocol/listen.ts";
import type { CallLookup, KnownCall } from "../services/calls.ts";
import type { Listening, ListeningEnd, ListeningRefusal } from "../services/listening.ts";
import type { AuditLog } from "../services/records.ts";
import type { SingleUseTokens } from "../services/store.ts";
import type { Clock } from "../utils/clock.ts";
import { newId } from "../utils/ids.ts";
import { present } from "../utils/present.ts";
import type { RouteEnv } from "./baseRouter.ts";
import { visibleTo } from "./callFilters.ts";
import { readHandshake, upgradeSocket } from "./handshake.ts";
import { createListenTokens, type ListenGrant } from "./listenTokens.ts";
import type { RequireScope } from "./middleware/access.ts";
import { codeOf } from "./middleware/errors.ts";
import type { GuessGuard } from "./middleware/guessGuard.ts";
import { HttpProblem, unknownCall } from "./middleware/httpProblem.ts";
import { type AccessRules, isAllowedOrigin, requireOwnPage } from "./middleware/requestOrigin.ts";
import { createStreamSlots, type Endings } from "./middleware/streamSlots.ts";
import { answer, apiRoutes, callIdParam, errorAnswers, time } from "./openapi/schemaParts.ts";

/** `now` is in milliseconds since 1970. */
export interface ListenRoutesDeps extends Clock {
  readonly access: RequireScope;
  readonly lookup: Pick<CallLookup, "known">;
  readonly listening: Pick<Listening, "isOn" | "listen">;
  readonly tokens: Pick<SingleUseTokens, "issue" | "claim">;
  /** Whether the key of this name is valid no more. */
  readonly isRevoked: (keyName: string) => boolean;
  readonly audit: Pick<AuditLog, "note">;
  readonly guesses: GuessGuard;
  /** Who listens with a key or session that is over hears nothing more. */
  readonly revocation: Endings;
  readonly rules: AccessRules;
}

/** `/api/calls/{id}/listen`: a token for one who listens to a live call, and the socket. */
export function listenRoutes(
  { access, lookup, listening, audit, guesses, revocation, rules, setTimer, ...deps }:
    ListenRoutesDeps,
) {
  const tokens = createListenTokens(deps);
  const routes = apiRoutes();
  const slots = createStreamSlots({ revocation, setTimer });

  routes.openapi(
    { ...listenToken, middleware: [access("calls:listen", "call.listen")] },
    async (c) => {
      const { keyName, holder, expiresAt } = c.get("caller");
      const call = visibleTo(c.get("caller"), await lookup.known(c.req.valid("param").id));
      checkLive(call);
      const grant = { callId: call.id, ...present({ keyName, holder, expiresAt }) };
      // It is the socket by which somebody listens.
      c.set("audited", { action: "call.listen", isLeftOut: true });
      const { token, expiresAt: until } = await tokens.issue(grant);
      const body = { token, expiresAt: until.toISOString(), protocol: LISTEN_PROTOCOL } as const;
      return c.json(body, 200, { "Cache-Control": "no-store" });
    },
  );

  routes.get("/api/calls/:id/listen", async (c: Context<RouteEnv>) => {
    const { token } = readHandshake(c.req.raw, LISTEN_PROTOCOL);
    if (c.req.raw.headers.has("origin") && !isAllowedOrigin(c.req.raw, rules)) {
      throw new HttpProblem(403, "origin_not_allowed", "This page may not listen to calls here.");
    }
    guesses.admit(c, "token");
    const grant = await tokens.claim(token);
    if (grant === undefined || grant.callId !== c.req.param("id")) {
      guesses.countFailure(c, "token");
      throw invalidToken();
    }
    requireOwnPage(c.req.raw, grant.keyName, rules.publicOrigin);
    const { callId: subject, keyName } = grant;
    const entry = { action: "call.listen", subject, ...present({ keyName }) } as const;
    try {
      const response = await listen(c, grant);
      audit.note(entry);
      return response;
    } catch (error) {
      audit.note({ ...entry, refused: codeOf(error) });
      throw error;
    }
  });

  return routes;

  async function listen(c: Context<RouteEnv>, grant: ListenGrant): Promise<Response> {
    const { callId, keyName, holder, expiresAt } = grant;
    const call = await lookup.known(callId);
    if (call === undefined) throw unknownCall();
    checkLive(call);
    const { signal, release } = slots.open(present({ keyName, holder, expiresAt }));
    let socket: ReturnType<typeof handleListenSocket> | undefined;
    let over: ListeningEnd | undefined;
    let stop = () => {};
    try {
      const heard = await listening.listen(call, {
        id: newId("listener"),
        ...present({ by: keyName }),
        hear: (piece) => socket?.hear(piece),
        end(why) {
          over = why;
          socket?.end(why);
        },
      });
      if (typeof heard === "string") throw problemOf(heard, call);
      stop = heard;
      const upgraded = upgradeSocket(c.req.raw, IDLE_SECONDS);
      upgraded.response.headers.set("Sec-WebSocket-Protocol", LISTEN_PROTOCOL);
      socket = handleListenSocket(upgraded.socket, {
        signal,
        onClose() {
          stop();
          release();
        },
        watch: c.env?.watchSocket,
      });
      if (over !== undefined) socket.end(over);
      return upgraded.response;
    } catch (error) {
      stop();
      release();
      throw error;
    }
  }

  function checkLive({ status }: KnownCall): void {
    if (!listening.isOn) {
      throw new HttpProblem(403, "listening_off", "Listening is switched off here: see LISTENERS.");
    }
    if (status === "ended") throw new HttpProblem(409, "call_ended", "The call has ended.");
  }
}

const IDLE_SECONDS = 30;

function problemOf(refusal: ListeningRefusal, { status }: KnownCall): HttpProblem {
  switch (refusal) {
    case "not_live":
      if (status !== "live") {
        return new HttpProblem(409, "call_unanswered", "The call has not been answered yet.");
      }
      return new HttpProblem(
        409,
        "call_not_here",
        "No server that can be reached from here holds the call.",
      );
    case "too_many_of_call":
      return new HttpProblem(
        429,
        "too_many_listeners",
        "Enough people listen to this call: see LISTENERS_PER_CALL.",
        { retryAfterSeconds: 10 },
      );
    case "too_many":
      return new HttpProblem(
        429,
        "too_many_listeners",
        "Enough people listen to calls: see LISTENERS.",
        { retryAfterSeconds: 10 },
      );
    case "too_many_relayed":
      return new HttpProblem(
        429,
        "too_many_calls_relayed",
        "As many calls of the server that holds this one are heard at other servers as may be: listen there, or later.",
        { retryAfterSeconds: 10 },
      );
  }
}

function invalidToken(): HttpProblem {
  return new HttpProblem(401, "invalid_token", "The token is unknown, used or too old.");
}

const listenToken = createRoute({
  method: "post",
  path: "/api/calls/{id}/listen",
  operationId: "listenToCall",
  summary: "Listen to a live call",
  description:
    "A token for one connection, valid for a minute: open a WebSocket at this path with the subprotocols `parley.listen.v1` and `token.<token>`. Each binary message has a header of eight bytes (uint32, little-endian: milliseconds since the call began; a byte whose lowest bit says that the recording is paused and nothing is heard; three bytes of zero) and then mu-law at 8 kHz in stereo, the caller left and the agent right. Closed with 1000 at the end of the call, 1008 where the key is no longer valid, 1012 where the call goes on in another process (ask for another token), 1013 where the client does not read. Any instance that shares a Postgres database accepts it. The caller is not told; the record has who listened, and when.",
  tags: ["Calls"],
  request: { params: callIdParam },
  responses: {
    200: answer(
      "A token",
      z.object({ token: z.string(), expiresAt: time, protocol: z.literal(LISTEN_PROTOCOL) })
        .openapi(
          "ListenToken",
        ),
    ),
    ...errorAnswers,
  },
});
