import { meRoutes } from "../../../src/routes/me.ts";
import { type Agent, readAgent } from "../../../src/config/agents.ts";
import { present } from "../../../src/utils/present.ts";
import { type CallEnd, type CallRequest, isCallEnd } from "../../../src/call/types.ts";
import { type BusyReason, CallRefused } from "../../../src/call/registry.ts";
import { createGuessGuard } from "../../../src/routes/middleware/guessGuard.ts";
import { pagesRoutes } from "../../../src/routes/pages.ts";
import { webRoutes, type WebRoutesDeps } from "../../../src/routes/web.ts";
import type { Router } from "../../../src/routes/baseRouter.ts";
import { Inbox } from "../inbox.ts";
import { plainRouter } from "./plainRouter.ts";
import { createResumeTokens } from "../../../src/routes/resumeTokens.ts";
import { createWebTokens } from "../../../src/routes/webTokens.ts";
import { setTimer } from "../../../src/utils/clock.ts";
import { RecordingSession } from "../call/recordingSession.ts";

export interface WebServer {
  readonly origin: string;
  readonly sessions: readonly RecordingSession[];
  /** Gives the next call as soon as it is opened and joined. */
  nextCall(): Promise<RecordingSession>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  token(): Promise<string>;
  close(): Promise<void>;
}

export interface WebServerOptions extends Partial<Omit<WebRoutesDeps, "registry">> {
  readonly refuses?: CallRefused["code"] | (() => CallRefused["code"] | undefined);
  /** Why no call is taken. */
  readonly refusal?: BusyReason;
  /** Where connections come from, as the host reports it. */
  readonly remoteAddress?: string;
  readonly onOpen?: (session: RecordingSession) => void;
}

/** Mounts the browser's routes with calls that only record. */
export function mountWebRoutes(
  router: Router,
  { refuses, refusal: busy, onOpen = () => {}, ...deps }: Omit<
    WebServerOptions,
    "remoteAddress"
  >,
): void {
  const log = { info() {}, warn() {} };
  const addressOf = () => "127.0.0.1";
  const now = deps.now ?? (() => performance.now());
  const calls = new Map<string, RecordingSession>();
  const ends = new Map<string, CallEnd>();
  const newCall = (request: CallRequest, id?: string) => {
    const session = new RecordingSession(request, id);
    calls.set(session.id, session);
    session.ended.then((end) => isCallEnd(end) && ends.set(session.id, end));
    return session;
  };
  router.route(
    "/",
    meRoutes({
      access: () => (c, next) => {
        c.set("caller", { scopes: ["admin"], seesAll: true, isAdmin: true });
        return next();
      },
    }),
  );
  router.route("/", pagesRoutes());
  router.route(
    "/",
    webRoutes({
      registry: {
        refusal: busy,
        open(request, id) {
          const refusal = typeof refuses === "function" ? refuses() : refuses;
          if (refusal !== undefined) throw new CallRefused(refusal);
          const session = newCall(request, id);
          onOpen(session);
          return session;
        },
      },
      resumeTokens: createResumeTokens({
        lifeMs: 3_600_000,
        instanceId: "test",
        now: deps.now ?? Date.now,
        setTimer,
        log,
      }),
      webCalls: {
        find(id) {
          const call = calls.get(id);
          return Promise.resolve(call && { ...call.request, ...present({ end: ends.get(id) }) });
        },
        lost() {},
        open: (id) => Promise.resolve(ends.has(id) ? undefined : calls.get(id)),
      },
      tokens: createWebTokens({ isRevoked: () => false, now: deps.now ?? Date.now, setTimer }),
      agents,
      defaultAgent: "receptionist",
      engine: "rehearsal",
      allowedOrigins: [],
      guesses: createGuessGuard({ addressOf, now, log }),
      addressOf,
      now,
      log,
      ...deps,
    }),
  );
}

/** Serves the browser's routes alone, on a free port. */
export function startWebServer(
  { remoteAddress = "127.0.0.1", onOpen, ...options }: WebServerOptions = {},
): WebServer {
  const sessions = new Inbox<RecordingSession>();
  const app = plainRouter((router) =>
    mountWebRoutes(router, {
      ...options,
      onOpen(session) {
        onOpen?.(session);
        sessions.add(session);
      },
    }), { isFull: options.refusal !== undefined });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => app.fetch(request, { remoteAddress }),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;

  function fetchFromPage(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has("origin")) headers.set("origin", origin);
    return fetch(origin + path, { ...init, headers });
  }

  return {
    origin,
    sessions: sessions.all,
    async nextCall() {
      const before = sessions.all.length;
      const session = (await sessions.when((all) => all.length > before))[before]!;
      return await session.joined();
    },
    fetch: fetchFromPage,
    async token() {
      const { token } = await (await fetchFromPage("/api/web/session", { method: "POST" })).json();
      return token;
    },
    close: () => server.shutdown(),
  };
}

export async function withWebServer(
  options: WebServerOptions,
  run: (server: WebServer) => Promise<void>,
): Promise<void> {
  const server = startWebServer(options);
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

const agents = {
  names: ["receptionist", "clerk"],
  get: (name: string) =>
    agent(name, `---\ntitle: ${name[0]?.toUpperCase()}${name.slice(1)}\n---\nHelp.`),
  unusable: new Map(),
};

function agent(name: string, text: string): Agent | undefined {
  const read = readAgent(name, text);
  return read.ok ? read.agent : undefined;
}
