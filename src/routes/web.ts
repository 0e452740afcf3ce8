import { type Context, Hono } from "@hono/hono";
import { CallRefused, type CallRegistry } from "../call/registry.ts";
import type { CallSession } from "../call/sessionApi.ts";
import type { AgentSet } from "../config/agents.ts";
import { handleWebSocket, type WebHandlerDeps } from "../handlers/webHandler.ts";
import type { WebCalls } from "../services/calls.ts";
import type { Routing } from "../services/routing.ts";
import type { OpenSockets } from "../services/load.ts";
import type { CallBudget } from "../services/spending.ts";
import { WEB_PROTOCOL } from "../protocol/web.ts";
import { newId } from "../utils/ids.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { HttpProblem, requireAllowed, tooManyRequests } from "./middleware/httpProblem.ts";
import type { GuessGuard } from "./middleware/guessGuard.ts";
import type { RouteEnv } from "./baseRouter.ts";
import { limitProblem } from "./middleware/limitProblem.ts";
import { isLocal, refuseForeignHosts } from "./middleware/requestOrigin.ts";
import { createWebAccess, type WebAccessDeps } from "./webAccess.ts";
import { agentOfPage, allowedOfPage, saidByPage } from "./visitorRules.ts";
import { knownAgent } from "./outbound.ts";
import { routeWebCall } from "./webRouting.ts";
import { type OfferedToken, readHandshake, upgradeSocket } from "./handshake.ts";
import type { ResumeTokens } from "./resumeTokens.ts";
import type { WebGrant, WebTokens } from "./webTokens.ts";
import { present } from "../utils/present.ts";
import { createWebResume, readResumeToken } from "./webResume.ts";
import { readSessionRequest } from "./webSession.ts";

export interface WebRoutesDeps extends Omit<WebAccessDeps, "keyed" | "guesses"> {
  readonly registry: Pick<CallRegistry, "open" | "refusal">;
  /** Limits calls from browsers; absent where there are no limits. */
  readonly callBudget?: Pick<CallBudget, "check" | "admit" | "release">;
  /** Whether another call from a browser leaves enough lines for phone calls. */
  readonly hasLine?: () => boolean;
  readonly agents: AgentSet;
  /** Absent where the agent that is named gets every call. */
  readonly routing?: Pick<Routing, "route">;
  readonly defaultAgent: string;
  /** Who answers: `rehearsal` for the built-in engine, else the model's name. */
  readonly engine: string;
  readonly sockets?: Pick<OpenSockets, "watch">;
  readonly clientTools?: WebHandlerDeps["clientTools"];
  readonly tokens: WebTokens;
  readonly resumeTokens: ResumeTokens;
  readonly webCalls: WebCalls;
  /** The client address, which limits apply to where a request shows no key. */
  readonly addressOf: (c: Context) => string;
  readonly guesses: GuessGuard;
  readonly log: WebHandlerDeps["log"];
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
}

/** What the page needs: facts about the server, a token, and the socket `/web`. */
export function webRoutes(
  {
    registry,
    agents,
    tokens,
    resumeTokens,
    webCalls,
    authenticate,
    addressOf,
    guesses,
    log,
    now,
    ...deps
  }: WebRoutesDeps,
): Hono<RouteEnv> {
  const keyed = authenticate !== undefined;
  const access = createWebAccess({ ...deps, authenticate, keyed, guesses });
  const sessions = createRateLimiter({ capacity: 20, refillPerSecond: 0.5 });
  const pageSessions = createRateLimiter({ capacity: 200, refillPerSecond: 10 });
  const resume = createWebResume({ resumeTokens, webCalls, tokens, now });
  const app = new Hono<RouteEnv>();

  app.get("/api/web/info", refuseForeignHosts(keyed), (c) => {
    const needed = keyed ? "key" : isLocal(c) ? "open" : "closed";
    const { engine, defaultAgent } = deps;
    const titled = agents.names.map((name) => ({ name, title: agents.get(name)?.title ?? name }));
    const signIn = deps.sessions !== undefined;
    const info = { engine, access: needed, signIn, defaultAgent, agents: titled };
    return c.json(info, 200, NOT_KEPT);
  });

  app.post("/api/web/session", async (c) => {
    const { name: keyName, page } = await access.identify(c) ?? {};
    limitSessions(c, keyName, page !== undefined);
    const asked = await readSessionRequest(c.req.raw, { isVisitor: page !== undefined });
    const named = page === undefined ? asked.agent : agentOfPage(page, asked.agent);
    const agent = knownAgent(named, { agents, defaultAgent: deps.defaultAgent });
    checkLines();
    const refusal = await deps.callBudget?.check({
      direction: "web",
      keyName,
      address: addressOf(c),
    });
    if (refusal !== undefined) throw limitProblem(refusal);
    const { ignored, ...told } = page === undefined
      ? { variables: asked.variables, context: asked.context, ignored: [] }
      : allowedOfPage(asked, agents.get(agent));
    const grant = await routeWebCall(deps.routing, agent, present(told));
    const issued = await tokens.issue({ ...grant, ...present({ keyName }) });
    if (issued === undefined) throw tooManyRequests(FULL_TOKENS_RETRY_SECONDS);
    const { token, expiresAt } = issued;
    const rest = ignored.length === 0 ? {} : { ignored };
    return c.json({ token, expiresAt: expiresAt.toISOString(), ...rest }, 200, NOT_KEPT);
  });

  /** Whether a client can come back, for pages: they are not shown why a handshake was refused. */
  app.post("/api/web/resume", async (c) => {
    access.admitReturn(c);
    guesses.admit(c, "token");
    const callId = await findResumed(c, await readResumeToken(c.req.raw));
    return c.json({ callId }, 200, NOT_KEPT);
  });

  app.get("/web", async (c) => {
    const { kind, token } = admit(c);
    if (kind === "resume") {
      const callId = await findResumed(c, token);
      return upgrade(c, await resume.sessionOf(callId, addressOf(c)), token);
    }
    const grant = await tokens.claim(token);
    if (grant === undefined) {
      guesses.countFailure(c, "token");
      throw new HttpProblem(401, "invalid_token", "The token is unknown, used or too old.");
    }
    return await begin(c, token, grant);
  });

  return app;

  function checkLines(): void {
    const { refusal } = registry;
    if (refusal !== undefined) throw new CallRefused(refusal);
    if (deps.hasLine?.() === false) throw new CallRefused("full");
  }

  /** One visitor must not use up the tokens of all. */
  function limitSessions(c: Context, keyName: string | undefined, isPublic: boolean): void {
    if (!isPublic) return requireAllowed(sessions.consume(keyName ?? addressOf(c), now()));
    requireAllowed(sessions.consume(`${keyName} ${addressOf(c)}`, now()));
    requireAllowed(pageSessions.consume(keyName ?? "", now()));
  }

  async function findResumed(c: Context, token: string): Promise<string> {
    const { callId, keyName } = await resume.find(
      token,
      () => guesses.countFailure(c, "token"),
    );
    access.admitKey(c.req.raw, keyName);
    return callId;
  }

  /** Checks everything else before the token: claiming a token uses it up. */
  function admit(c: Context): OfferedToken {
    const request = c.req.raw;
    const offered = readHandshake(request);
    access.admitPage(request);
    // Only a call that begins needs a free line.
    if (offered.kind === "token") checkLines();
    guesses.admit(c, "token");
    return offered;
  }

  async function begin(c: Context<RouteEnv>, token: string, grant: WebGrant): Promise<Response> {
    const { callId = newId("call"), ...request } = grant;
    try {
      access.admitKey(c.req.raw, grant.keyName);
      const refusal = await deps.callBudget?.admit(callId, {
        direction: "web",
        ...grant,
        address: addressOf(c),
      });
      if (refusal !== undefined) throw limitProblem(refusal);
      return upgrade(c, registry.open({ direction: "web", ...request }, callId));
    } catch (error) {
      tokens.restore(token, grant);
      await deps.callBudget?.release(callId).catch(() => {});
      throw error;
    }
  }

  /** Undefined where the call's agent takes nothing that the page says. */
  function tellerOf(session: CallSession): ((text: string) => void) | undefined {
    if (agents.get(session.request.agent)?.visitors.context !== true) return undefined;
    return (text) => session.input({ type: "noteGiven", text: saidByPage(text) });
  }

  function upgrade(
    { req, env }: Context<RouteEnv>,
    session: CallSession,
    resumeToken?: string,
  ): Response {
    try {
      const { socket, response } = upgradeSocket(req.raw, IDLE_SECONDS);
      // Deno negotiates only from a list with a space after each comma.
      response.headers.set("Sec-WebSocket-Protocol", WEB_PROTOCOL);
      deps.sockets?.watch(socket, "web");
      const resumption = resumeTokens.offer(session, resumeToken);
      const onLost = () => webCalls.lost(session);
      handleWebSocket(socket, {
        session,
        resumption,
        clientTools: deps.clientTools,
        tellAgent: tellerOf(session),
        onLost,
        log,
        watch: env?.watchSocket,
      });
      return response;
    } catch (error) {
      if (resumeToken === undefined) {
        session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "no_upgrade" } });
      }
      throw error;
    }
  }
}

const IDLE_SECONDS = 30;
const FULL_TOKENS_RETRY_SECONDS = 5;
const NOT_KEPT = { "Cache-Control": "no-store" };
