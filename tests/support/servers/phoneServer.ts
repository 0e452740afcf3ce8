import { type App, type AppOverrides, createApp } from "../../../src/app.ts";
import {
  createPhoneNetwork,
  type PhoneNetwork,
  type PhoneNetworkOptions,
  startTwilioApi,
  type TwilioApi,
} from "../../../src/sim/twilio/phoneNetwork.ts";
import { createLogger } from "../../../src/utils/logger.ts";
import { PATIENCE_MS } from "../until.ts";

export const account = {
  accountSid: `AC${"a1".repeat(16)}`,
  authToken: "5".repeat(32),
  number: "+14155550100",
};

export const publicUrl = "https://parley.example";
export const apiKey = "a-secret-of-sixteen-or-more";
export const otherKey = "another-secret-of-sixteen";

export interface ServedApp extends AsyncDisposable {
  readonly app: App;
  readonly origin: string;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface TestServer extends ServedApp {
  readonly network: PhoneNetwork;
  readonly api: TwilioApi;
  /** A request with a key and a JSON body. */
  post(path: string, body?: unknown, key?: string): Promise<Response>;
}

export interface TestServerOptions {
  /** Over the settings of a working phone; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly overrides?: AppOverrides;
  readonly network?: Partial<PhoneNetworkOptions>;
  readonly callsPerSecond?: number;
}

/** A whole server on a free port, with a simulated Twilio around it. */
export async function startPhoneServer(
  { env = {}, overrides = {}, network: networkOptions = {}, callsPerSecond }: TestServerOptions =
    {},
): Promise<TestServer> {
  const twilio = startSimulatedTwilio(networkOptions, callsPerSecond);
  const { network, api } = twilio;
  const served = await serveApp(api.url, { DATABASE_URL: "sqlite::memory:", ...env }, overrides);
  network.connectTo(served.origin);
  return {
    ...served,
    network,
    api,
    post: (path, body, key = apiKey) =>
      served.request(path, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${key}`,
          ...(body !== undefined && { "Content-Type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async [Symbol.asyncDispose]() {
      await served.app.close();
      await twilio[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}

/** A Twilio that speaks the real wires, and the settings by which a server knows it. */
export interface SimulatedTwilio extends AsyncDisposable {
  readonly network: PhoneNetwork;
  readonly api: TwilioApi;
  readonly env: Readonly<Record<string, string>>;
}

export function startSimulatedTwilio(
  options: Partial<PhoneNetworkOptions> = {},
  callsPerSecond = 1000,
): SimulatedTwilio {
  const network = createPhoneNetwork({
    account,
    publicUrl,
    statusPath: "/twilio/status",
    ...options,
  });
  const api = startTwilioApi(network, { callsPerSecond });
  return {
    network,
    api,
    env: twilioSettings(api.url),
    async [Symbol.asyncDispose]() {
      await network.close();
      await api.close();
    },
  };
}

function twilioSettings(apiUrl: string): Readonly<Record<string, string>> {
  return {
    PUBLIC_URL: publicUrl,
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_PHONE_NUMBER: account.number,
    TWILIO_API_URL: apiUrl,
  };
}

/** A server with a working phone on a free port; disposing of it leaves the simulated Twilio. */
export async function serveApp(
  twilioApiUrl: string,
  env: Readonly<Record<string, string | undefined>>,
  overrides: AppOverrides = {},
): Promise<ServedApp> {
  const logged: string[] = [];
  const app = await createApp({
    API_KEYS: `ops:${apiKey},other:${otherKey}`,
    ...twilioSettings(twilioApiUrl),
    OUTBOUND_PER_MINUTE: "1000",
    OUTBOUND_PER_SECOND: "1000",
    ...env,
  }, {
    log: createLogger({
      level: "debug",
      format: "json",
      write: (line) => logged.push(line),
      now: Date.now,
    }),
    engine: { voice: "tone", speed: 20 },
    // However late the event loop is among other tests, a call is not refused for it.
    lateness: { beginsAt: Infinity },
    // A session that a test waits for is that of its call.
    recordAfterMs: "never",
    // However busy the machine is, a call that need not wait for others is dialled before the answer.
    ...(env["OUTBOUND_PER_SECOND"] === undefined && { dialling: { patienceMs: PATIENCE_MS } }),
    ...overrides,
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname }),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  await app.listens();
  return {
    app,
    origin,
    logged,
    request: (path, init) => fetch(origin + path, init),
    async [Symbol.asyncDispose]() {
      await app.close();
      await server.shutdown();
    },
  };
}
