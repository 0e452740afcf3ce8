import type { CallRequest } from "../../../src/call/types.ts";
import type { NewCall } from "../../../src/services/store/calls/callRecord.ts";
import type { AgentEntry } from "../../../src/services/agents/liveAgents.ts";
import { type ApiServer, type ApiServerOptions, withApi } from "./apiServer.ts";
import { mountWebRoutes } from "./webServer.ts";
import { type Browser, type BrowserPage, openPage } from "../browser/browser.ts";
import { RecordingSession } from "../call/recordingSession.ts";

/** The time at the server and in the browser: noon of the second day of 2027. */
export const NOW = Date.UTC(2027, 0, 2, 12);

export interface PageVisit extends BrowserPage, ApiServer {
  readonly origin: string;
  /** The calls that the page itself has begun. */
  readonly conversations: readonly RecordingSession[];
  /** Begins a call as the server does: it is registered, recorded and published. */
  begin(id: string, request?: Partial<CallRequest>): Promise<RecordingSession>;
  /** Breaks off every stream of events that is open; none is answered until the answer is called. */
  breakOff(): () => void;
  /** Goes to a part of the page, as its links do. */
  go(hash: string): Promise<void>;
}

/** Opens the page of a server whose calls only record, over a real store in memory. */
export async function visitPage(
  { browser, hash = "", look = {}, ...options }: {
    readonly browser: Browser;
    readonly keyed?: boolean;
    readonly agents?: readonly AgentEntry[];
    readonly hash?: string;
    /** Adds routes of the test's own choice. */
    readonly mount?: ApiServerOptions["mount"];
    readonly look?: Parameters<typeof openPage>[1];
  },
  run: (visit: PageVisit) => Promise<void>,
): Promise<void> {
  const { keyed = false, agents = [] } = options;
  const conversations: RecordingSession[] = [];
  let streams = new AbortController();
  let mended = Promise.resolve();
  let mend = () => {};
  const mount: Parameters<typeof withApi>[0]["mount"] = (router, api) => {
    mountWebRoutes(router, {
      onOpen: (session) => conversations.push(session),
      ...(keyed && { authenticate: () => undefined }),
    });
    options.mount?.(router, api);
  };
  await withApi({ keyed, agents, mount, now: () => NOW }, async (api) => {
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      async (request) => {
        if (request.url.endsWith("/events")) await mended;
        const response = await api.router.fetch(request, { remoteAddress: "127.0.0.1" });
        return breakable(response, streams.signal);
      },
    );
    const origin = `http://127.0.0.1:${server.addr.port}`;
    const opened = await openPage("about:blank", { browser, timezoneId: "UTC", ...look });
    const { page } = opened;
    await page.clock.setFixedTime(NOW);
    await page.goto(`${origin}/${hash}`);
    try {
      await run({
        ...api,
        ...opened,
        origin,
        conversations,
        async begin(id, asked = {}) {
          const request = { direction: "inbound", agent: "receptionist", ...asked } as const;
          const call = RecordingSession.withLeg(id, request);
          api.live.set(id, call);
          await api.remember(recordOf(id, request));
          api.events.publish(id, { type: "started", ...request });
          return call;
        },
        breakOff() {
          mended = new Promise((resolve) => mend = resolve);
          streams.abort();
          streams = new AbortController();
          return mend;
        },
        async go(to) {
          await page.evaluate(`location.hash = ${JSON.stringify(to)}`);
        },
      });
    } finally {
      mend();
      await opened.close();
      api.log.close();
      await server.shutdown();
    }
  });
}

function breakable(response: Response, signal: AbortSignal): Response {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (isStream !== true || response.body === null) return response;
  const end = new TransformStream({
    start: (controller) => signal.addEventListener("abort", () => controller.terminate()),
  });
  return new Response(response.body.pipeThrough(end), response);
}

function recordOf(id: string, request: CallRequest): Partial<NewCall> & { readonly id: string } {
  const { direction, agent, caller, called, keyName } = request;
  const [from, to] = direction === "outbound" ? [called, caller] : [caller, called];
  return {
    id,
    direction,
    agent,
    startedAt: NOW,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(keyName !== undefined && { keyName }),
  };
}
