import { createApp } from "../app.ts";
import type { Environment } from "../config/settingReader.ts";
import { startModelTap } from "../scenarios/run/modelTap.ts";
import type { ScenarioServer } from "../scenarios/run/scenarioServer.ts";
import { type RealtimeSession, startRealtimeServer } from "../sim/openai/realtimeServer.ts";
import type { Script } from "../sim/openai/scripts.ts";
import type { Fault } from "../sim/openai/faults.ts";
import { createPhoneNetwork, type NumberPlan, startTwilioApi } from "../sim/twilio/phoneNetwork.ts";
import { newToken } from "../utils/ids.ts";
import { createLogger } from "../utils/logger.ts";

const PUBLIC_URL = "https://parley.example";
const NUMBER = "+12025550100";
/** A conversation of ten minutes is kept whole. */
const KEPT_MS = 600_000;

/** What a server is started for. */
export interface RehearsedServerOptions {
  /** The operator's settings: those of the phone, the store and of webhooks are replaced. */
  readonly environment: Environment;
  readonly numbers: Readonly<Record<string, NumberPlan>>;
  readonly called?: NumberPlan | undefined;
  readonly script: Script;
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly log: (line: string) => void;
}

/**
 * Starts a server of its own for a scenario, between a simulated Twilio and the model: the built-in engine, or
 * the real one where there is a key.
 */
export async function startRehearsedServer(
  { environment, numbers, called, script, faults, seed, log }: RehearsedServerOptions,
): Promise<ScenarioServer> {
  await using opening = new AsyncDisposableStack();
  const account = {
    accountSid: "AC00000000000000000000000000000000",
    authToken: newToken(),
    number: NUMBER,
  };
  const network = createPhoneNetwork({
    account,
    publicUrl: PUBLIC_URL,
    statusPath: "/twilio/status",
    numbers,
    ...(called !== undefined && { otherNumbers: called }),
    line: { keepHeardMs: KEPT_MS, keepSaidMs: KEPT_MS },
    seed,
  });
  opening.defer(network.close);
  const api = startTwilioApi(network);
  opening.defer(api.close);
  const engine = startRealtimeServer({ voice: "flite", script, faults });
  opening.defer(engine.close);
  const tap = startModelTap({ upstream: engine.url, isInStep: true });
  opening.defer(tap.close);
  const sessions: RealtimeSession[] = [];
  const follow = async (): Promise<void> => {
    for (;;) sessions.push(await engine.nextSession());
  };
  follow().catch(() => {});
  const key = newToken();
  const app = await createApp({
    ...environment,
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: `rehearsal:${key};scopes=admin`,
    HOST: "127.0.0.1",
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_PHONE_NUMBER: NUMBER,
    TWILIO_API_URL: api.url,
    OPENAI_API_KEY: key,
    OPENAI_REALTIME_URL: tap.url,
  }, {
    log: createLogger({ level: "warn", format: "json", write: log, now: Date.now }),
    recordAfterMs: "never",
  });
  opening.defer(app.close);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname }),
  );
  opening.defer(() => server.shutdown());
  const origin = `http://127.0.0.1:${server.addr.port}`;
  network.connectTo(origin);
  await app.listens();
  const opened = opening.move();
  return {
    network,
    tap,
    tellWords: (session, words) => sessions[session]?.tellWords(words),
    request(path, init = {}) {
      const headers = new Headers(init.headers);
      headers.set("Authorization", `Bearer ${key}`);
      return fetch(origin + path, { ...init, headers });
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
