import type {
  LineQuality,
  PhoneNetwork,
  PhoneNetworkOptions,
  SimulatedCall,
  TwilioApi,
} from "../../../src/sim/twilio/phoneNetwork.ts";
import {
  type RealtimeServer,
  type RealtimeServerOptions,
  startRealtimeServer,
} from "../../../src/sim/openai/realtimeServer.ts";
import {
  type DataFolder,
  makeDataFolder,
  type ServerProcess,
  startServerProcess,
} from "./serverProcess.ts";
import { until } from "../until.ts";
import { modelKey, parrot, voiceOf } from "./phoneRig.ts";
import { startSimulatedTwilio } from "./phoneServer.ts";

/** The server as a process in its rig: phones on one side, a model on the other. */
export interface ProcessRig extends AsyncDisposable {
  /** The one that calls reach. */
  readonly server: ServerProcess;
  readonly network: PhoneNetwork;
  readonly api: TwilioApi;
  readonly realtime: RealtimeServer;
  readonly data: DataFolder;
  /** Starts another server on the same data, which calls reach from now on; where the last one was, if asked to. */
  start(options?: ProcessStart): Promise<ServerProcess>;
}

export interface ProcessStart {
  readonly sameAddress?: boolean;
  /** Over the settings of the server before. */
  readonly env?: Env;
}

type Env = Readonly<Record<string, string | undefined>>;

export interface ProcessRigOptions {
  /** Front matter of the only agent. */
  readonly agent?: string;
  /** Perhaps by the folder of its data. */
  readonly env?: Env | ((data: DataFolder) => Env);
  readonly line?: LineQuality;
  readonly network?: Partial<PhoneNetworkOptions>;
  readonly model?: RealtimeServerOptions;
  readonly preload?: string;
  readonly inspectAt?: number;
}

export async function startProcessRig(
  { agent = "greeting: Good day.", env = {}, line = {}, network = {}, model = {}, ...flags }:
    ProcessRigOptions = {},
): Promise<ProcessRig> {
  const stack = new AsyncDisposableStack();
  const data = stack.use(await makeDataFolder());
  const twilio = stack.use(
    startSimulatedTwilio({ ...network, line: { sayMsPerCharacter: 1, ...line } }),
  );
  const realtime = startRealtimeServer({ speed: 8, script: parrot, ...model });
  stack.defer(() => realtime.close());
  const settings = {
    ...twilio.env,
    ...await data.agent(agent),
    OPENAI_API_KEY: modelKey,
    OPENAI_REALTIME_URL: realtime.url,
    ...(typeof env === "function" ? env(data) : env),
  };
  let server: ServerProcess;
  async function start(
    { sameAddress = false, env = {} }: ProcessStart = {},
  ): Promise<ServerProcess> {
    const port = sameAddress ? { PORT: new URL(server.origin).port } : {};
    server = stack.use(
      await startServerProcess({
        data,
        env: { ...settings, ...env, ...port },
        ...flags,
      }),
    );
    twilio.network.connectTo(server.origin);
    return server;
  }
  await start();
  return {
    get server() {
      return server;
    },
    network: twilio.network,
    api: twilio.api,
    realtime,
    data,
    start,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A phone call that has been greeted. */
export async function ring(
  rig: Pick<ProcessRig, "network" | "server">,
  from = "+12025550123",
): Promise<SimulatedCall> {
  const phone = rig.network.call({ from });
  await phone.next("streamStarted");
  await heard(rig, phone);
  return phone;
}

/** A call that has been greeted, in which the caller has spoken and was answered; its record holds all of it. */
export async function conversation(rig: Pick<ProcessRig, "network" | "server">, from?: string) {
  const phone = await ring(rig, from);
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  const call = (await liveCalls(rig.server)).find(({ callSid }) => callSid === phone.sid);
  const id = call?.id ?? "";
  const { turns, usage } = await until(
    () => detail(rig.server, id),
    ({ turns }) => turns.length === 3 && turns.every(({ final }: { final: boolean }) => final),
  );
  return { phone, id, turns, usage };
}

/**
 * Waits until the agent has said one thing more, whole. The record knows; on the line, a machine that
 * is held up for a moment sounds like the end of a sentence.
 */
export async function heard(
  { server }: Pick<ProcessRig, "server">,
  phone: SimulatedCall,
): Promise<void> {
  const count = (saidTo.get(phone) ?? 0) + 1;
  saidTo.set(phone, count);
  const [call] = await until(
    async () => (await liveCalls(server)).filter(({ callSid }) => callSid === phone.sid),
    (calls) => calls.length > 0,
  );
  await until<{ readonly turns: readonly { readonly role: string; readonly final: boolean }[] }>(
    () => detail(server, call?.id ?? ""),
    ({ turns }) => turns.filter(({ role, final }) => role === "agent" && final).length >= count,
  );
}

/** How much each caller has heard the agent say. */
const saidTo = new WeakMap<SimulatedCall, number>();

export async function liveCalls(
  server: ServerProcess,
): Promise<readonly { readonly id: string; readonly callSid: string }[]> {
  const { calls } = await (await server.get("/api/calls?status=live")).json();
  return calls;
}

export async function detail(server: ServerProcess, id: string) {
  return await (await server.get(`/api/calls/${id}`)).json();
}
