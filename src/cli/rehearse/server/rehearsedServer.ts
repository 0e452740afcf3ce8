import { createApp } from "../../../app.ts";
import type { Environment } from "../../../config/settingReader.ts";
import { keptMs } from "../../../scenarios/run/keptMs.ts";
import { startModelTap } from "../../../scenarios/run/model/modelTap.ts";
import type { ToolStub } from "../../../scenarios/scenario.ts";
import type { ScenarioServer } from "../../../scenarios/run/scenarioServer.ts";
import { aheadFor } from "./actingTime.ts";
import { checkOwnTools } from "./ownToolCheck.ts";
import { builtInEngine, keyHeaderOf, realModel } from "./modelEnd.ts";
import { refusedOtherwise, rehearsedDialLimits } from "./rehearsedDialLimits.ts";
import { toolStandIns } from "./toolStandIns.ts";
import type { Script } from "../../../sim/openai/scripts.ts";
import type { Fault } from "../../../sim/openai/faults.ts";
import {
  createPhoneNetwork,
  type NumberPlan,
  startTwilioApi,
} from "../../../sim/twilio/phoneNetwork.ts";
import type { Voice } from "../../../sim/voice/voice.ts";
import { newToken } from "../../../utils/ids.ts";
import { createLogger } from "../../../utils/logger.ts";
import { present } from "../../../utils/present.ts";

const PUBLIC_URL = "https://parley.example";
const NUMBER = "+12025550100";
/** One for all servers: each of its own would be a thread and a copy of the synthesizer. */
const AGENTS_VOICE = "slt";
/** Agents stay as they are during a scenario; a day is the longest that a timer waits. */
const NEVER_MS = 86_400_000;

/** What a server is started for. */
export interface RehearsedServerOptions {
  /** The operator's settings: those of the phone, the store and of webhooks are replaced. */
  readonly environment: Environment;
  /** Whether the model of the settings answers, and not the built-in engine. */
  readonly isReal: boolean;
  /** Takes the calls that come in. */
  readonly agent?: string;
  readonly numbers: Readonly<Record<string, NumberPlan>>;
  readonly called?: NumberPlan | undefined;
  /** The number that the server is to call. */
  readonly callee?: string | undefined;
  /** When it is acted out, by the agent's clocks; without it the agent is open, and may call. */
  readonly at?: string | undefined;
  readonly script: Script;
  /** At the model's end: in the first connection of each call, and in every one. */
  readonly faults: { readonly first: readonly Fault[]; readonly every: readonly Fault[] };
  /** What answers in the place of agents' tools. */
  readonly tools: readonly ToolStub[];
  /** Tools that have to be some agent's. */
  readonly mentioned?: readonly string[];
  /** How long calls last at most. */
  readonly maxMs: number;
  readonly seed: number;
  /** Of those who are called, by name; the first where a plan names none. */
  readonly voices: Readonly<Record<string, Voice>>;
  readonly log: (line: string) => void;
  /** Told what could not be checked, in half a sentence. */
  readonly note?: (what: string) => void;
  /** Told what is spent besides the calls, in dollars. */
  readonly spent?: ((usd: number) => void) | undefined;
}

/**
 * Starts a server of its own for a scenario, between a simulated Twilio and the model: the built-in engine, or
 * the real one where there is a key.
 */
export async function startRehearsedServer(
  {
    environment,
    isReal,
    agent,
    numbers,
    called,
    callee,
    at,
    script,
    faults,
    tools,
    mentioned = [],
    maxMs,
    seed,
    voices,
    log,
    note = () => {},
    spent = () => {},
  }: RehearsedServerOptions,
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
    voices,
    voice: Object.values(voices)[0],
    ...(called !== undefined && { otherNumbers: called }),
    line: { keepHeardMs: keptMs(maxMs), keepSaidMs: keptMs(maxMs) },
    seed,
  });
  opening.defer(network.close);
  const api = startTwilioApi(network);
  opening.defer(api.close);
  const model = isReal ? realModel(environment) : builtInEngine({
    script,
    faults: faults.every,
    voice: voices[AGENTS_VOICE],
  });
  opening.defer(model.close);
  const tap = startModelTap({
    upstream: model.url,
    isInStep: !isReal,
    firstFaults: isReal ? [] : faults.first,
  });
  opening.defer(tap.close);
  const key = newToken();
  const ownEnvironment: Environment = {
    ...Object.entries(environment).reduce<Record<string, string | undefined>>(
      (kept, [name, value]) => REPLACED.test(name) ? kept : { ...kept, [name]: value },
      {},
    ),
    ...present({ DEFAULT_AGENT: agent }),
    ...(isReal
      ? { OPENAI_REALTIME_URL: tap.url, OPENAI_AUTH: keyHeaderOf(environment) }
      : { OPENAI_API_KEY: undefined, OPENAI_REALTIME_URL: undefined }),
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: `rehearsal:${key};scopes=admin`,
    HOST: "127.0.0.1",
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_PHONE_NUMBER: NUMBER,
    TWILIO_API_URL: api.url,
    ...rehearsedDialLimits(environment, callee, numbers),
    OUTBOUND_PER_SECOND: "100",
    OUTBOUND_PER_MINUTE: "1000",
  };
  let aheadMs = 0;
  const app = await createApp(ownEnvironment, {
    log: createLogger({ level: "warn", format: "json", write: log, now: Date.now }),
    recordAfterMs: "never",
    onEmbedded: spent,
    toolStandIns: toolStandIns(tools),
    agentPollMs: NEVER_MS,
    lateness: { beginsAt: Infinity },
    startRehearsal: () => Promise.resolve({ url: tap.url, close: () => Promise.resolve() }),
    clockAheadMs: async (opened) =>
      aheadMs = await aheadFor({ at, agent, callee }, opened, Date.now()),
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
  const request: ScenarioServer["request"] = (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${key}`);
    return fetch(origin + path, { ...init, headers });
  };
  const unchecked = await checkOwnTools(tools, mentioned, app, request);
  if (unchecked !== undefined) note(unchecked);
  for (const sentence of refusedOtherwise(environment, numbers)) note(sentence);
  const opened = opening.move();
  return {
    network,
    origin,
    tap,
    ...present({ tellWords: model.tellWords }),
    request,
    now: () => Date.now() + aheadMs,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Settings that a rehearsal has of its own, or must not touch. */
const REPLACED =
  /^(API_KEYS|PUBLIC_KEYS|ALLOWED_ORIGINS|PORT|TRUST_PROXY|DATABASE_URL|CALL_URL.*|WEBHOOK_.*|OIDC_.*|SIGN_IN_.*|TWILIO_.*|JOURNAL_.*|RECORDINGS_DIR|RECORDING_KEY|OUTBOUND_HOURS|OUTBOUND_CLOSED|OUTBOUND_FROM)$/;
