import type { LineOptions, PhoneCall, PhoneNetwork, TwilioApi } from "../../src/sim/phone.ts";
import {
  type RealtimeServer,
  type RealtimeServerOptions,
  startRealtimeServer,
} from "../../src/sim/realtime.ts";
import {
  type DataFolder,
  makeDataFolder,
  type ServerProcess,
  startPhoneCompany,
  startServerProcess,
} from "../support/serverProcess.ts";
import { modelKey, parrot } from "./phoneWorld.ts";

/** The server as a process in its world: phones on one side, a model on the other. */
export interface ProcessWorld extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly network: PhoneNetwork;
  readonly api: TwilioApi;
  readonly realtime: RealtimeServer;
  readonly data: DataFolder;
  /** Starts another server on the same data, which calls reach from now on. */
  start(): Promise<ServerProcess>;
}

export interface ProcessWorldOptions {
  /** Front matter of the only agent. */
  readonly agent?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly line?: LineOptions;
  readonly model?: RealtimeServerOptions;
  readonly preload?: string;
}

export async function startProcessWorld(
  { agent = "greeting: Good day.", env = {}, line = {}, model = {}, preload }: ProcessWorldOptions =
    {},
): Promise<ProcessWorld> {
  const stack = new AsyncDisposableStack();
  const data = stack.use(await makeDataFolder());
  const company = stack.use(startPhoneCompany({ line }));
  const realtime = startRealtimeServer({ speed: 8, script: parrot, ...model });
  stack.defer(() => realtime.close());
  const settings = {
    ...company.env,
    ...await data.agent(agent),
    OPENAI_API_KEY: modelKey,
    OPENAI_REALTIME_URL: realtime.url,
    ...env,
  };
  async function start(): Promise<ServerProcess> {
    const server = stack.use(
      await startServerProcess({
        data,
        env: settings,
        ...(preload !== undefined && { preload }),
      }),
    );
    company.network.connectTo(server.origin);
    return server;
  }
  return {
    server: await start(),
    ...{ network: company.network, api: company.api, realtime, data, start },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A phone call that has been greeted. */
export async function ring(
  { network }: Pick<ProcessWorld, "network">,
  from = "+12025550123",
): Promise<PhoneCall> {
  const phone = network.call({ from });
  await phone.next("streamStarted");
  await heard(phone);
  return phone;
}

/** Waits until the agent has said something, whole. */
export async function heard(phone: PhoneCall): Promise<void> {
  await phone.next("speaking");
  await phone.next("quiet");
}

export async function liveCalls(
  server: ServerProcess,
): Promise<readonly { readonly id: string }[]> {
  const { calls } = await (await server.get("/api/calls?status=live")).json();
  return calls;
}

export async function detail(server: ServerProcess, id: string) {
  return await (await server.get(`/api/calls/${id}`)).json();
}
