import type { PhoneNetwork, TwilioApi } from "../../../src/sim/twilio/phoneNetwork.ts";
import {
  type RealtimeServer,
  startRealtimeServer,
} from "../../../src/sim/openai/realtimeServer.ts";
import type { Script } from "../../../src/sim/openai/scripts.ts";
import { startTcpProxy, type TcpProxy } from "../../support/faults/tcpProxy.ts";
import { startSimulatedTwilio } from "../../support/servers/phoneServer.ts";
import { makeDataFolder } from "../../support/servers/serverProcess.ts";
import { startWatchedParley, type WatchedServer } from "./watchedServer.ts";

/** The server as a process, with phones, browsers, a model and a tool service, each behind a fault proxy. */
export interface World extends AsyncDisposable {
  readonly server: WatchedServer;
  readonly network: PhoneNetwork;
  readonly api: TwilioApi;
  readonly model: RealtimeServer;
  readonly modelProxy: TcpProxy;
  readonly apiProxy: TcpProxy;
  /** A way to the server for one browser alone. */
  openLine(): Promise<TcpProxy>;
  /** One that has not placed a call for the longest time: each may open only a few a second. */
  nextKey(): string;
}

export async function startWorld({ fast = false } = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const data = stack.use(await makeDataFolder());
  const twilio = stack.use(
    startSimulatedTwilio({ line: { sayMsPerCharacter: 1, keepHeardMs: 0 } }),
  );
  const model = startRealtimeServer({ speed: 50, deltaMs: 100, script: obeysKeys });
  stack.defer(() => model.close());
  const tools = startToolService();
  stack.defer(() => tools.close());
  const modelProxy = stack.use(await startTcpProxy({ port: portOf(model.url) }));
  const apiProxy = stack.use(await startTcpProxy({ port: portOf(twilio.api.url) }));
  const keys = Array.from({ length: 100 }, (_, at) => `secret-of-the-soak-${at}-0123456789`);
  const server = stack.use(
    await startWatchedParley(modelProxy.through(model.url), {
      ...twilio.env,
      ...await data.agent(agentWith(tools)),
      TWILIO_API_URL: apiProxy.through(twilio.api.url).replace(/\/$/, ""),
      // What SQLite holds is not in the heap, and how fast this disk is does not matter here.
      DATABASE_URL: "sqlite::memory:",
      JOURNAL_DIR: `${data.path}/journals`,
      MAX_CALL_USD: "100",
      API_KEYS: keys.map((key, at) => `soak${at}:${key};scopes=admin`).join(","),
    }, { fast }),
  );
  twilio.network.connectTo(server.origin);
  const lines = stack.use(new AsyncDisposableStack());
  const opened = stack.move();
  let used = 0;
  return {
    server,
    network: twilio.network,
    api: twilio.api,
    modelProxy,
    apiProxy,
    openLine: async () => lines.use(await startTcpProxy({ port: portOf(server.origin) })),
    model,
    nextKey: () => keys[used++ % keys.length] ?? "",
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What each key has the agent do; the browser writes the same words. */
export const KEYS = { goodbye: "1", toolWorks: "2", toolFails: "3", transfer: "4" } as const;

const obeysKeys: Script = ({ request, cause }) => {
  const exact = request === undefined ? undefined : /: "([\s\S]+)"$/.exec(request)?.[1];
  if (exact !== undefined) return { say: exact };
  const pressed = cause.type === "text" ? /\d/.exec(cause.text)?.[0] : undefined;
  switch (pressed) {
    case KEYS.goodbye:
      return { say: "Bye.", tools: [{ name: "end_call", arguments: "{}" }] };
    case KEYS.toolWorks:
      return { tools: [{ name: "look_up", arguments: "{}" }] };
    case KEYS.toolFails:
      return { tools: [{ name: "break_down", arguments: "{}" }] };
    case KEYS.transfer:
      return { say: "Wait.", tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] };
    default:
      return { say: "I heard you." };
  }
};

function agentWith(tools: { readonly works: string; readonly broken: string }): string {
  const tool = (name: string, url: string) =>
    `  - { name: ${name}, description: Does it., url: "${url}", method: GET, ` +
    `timeout_ms: 1000, parameters: { type: object, properties: {} } }`;
  return [
    "greeting: Hi.",
    "tools: [end_call]",
    'transfers: { sales: { number: "+14155550111" } }',
    "http_tools:",
    tool("look_up", tools.works),
    tool("break_down", tools.broken),
  ].join("\n");
}

/** Answers one tool; of the other it breaks the connection, lets it hang, or says what is no HTTP. */
function startToolService() {
  const works = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ found: "x".repeat(500) }),
  );
  const broken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const hanging: Deno.Conn[] = [];
  const breaking = (async () => {
    let asked = 0;
    for await (const connection of broken) {
      if (++asked % 3 === 0) hanging.push(connection);
      else if (asked % 3 === 1) connection.close();
      else {
        await connection.write(new TextEncoder().encode("{}\r\n")).catch(() => {});
        connection.close();
      }
    }
  })();
  return {
    works: `http://127.0.0.1:${works.addr.port}`,
    broken: `http://127.0.0.1:${broken.addr.port}`,
    async close() {
      broken.close();
      await breaking;
      for (const connection of hanging) connection.close();
      await works.shutdown();
    },
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
