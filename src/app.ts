import type { CallRegistry } from "./call/sessionApi.ts";
import type { OpenModel } from "./call/realtimeClient.ts";
import { createRegistry } from "./call/registry.ts";
import type { Agent, AgentFiles, Agents } from "./config/agents.ts";
import { readSettings, SettingsError } from "./config/env.ts";
import { unreachableDatabase } from "./config/hostPermissions.ts";
import type { Environment } from "./config/settingReader.ts";
import type { Settings } from "./config/settings.ts";
import { createRouter } from "./routes/index.ts";
import { writeServerSentEvent } from "./routes/eventStream.ts";
import type { ConnectionInfo } from "./routes/baseRouter.ts";
import {
  appendPrivately,
  createCallJournals,
  openRecords,
  removeIfThere,
  startReconciler,
} from "./services/records.ts";
import { createEventHub, type EventHub, logCalls } from "./services/events.ts";
import {
  createCallSpendLimit,
  createSafety,
  findUnpriced,
  findUnpricedLimits,
  loadPrices,
  openCallBudget,
  type Safety,
} from "./services/spending.ts";
import {
  createCallOperations,
  createCallSetup,
  createSessionDependencies,
  DigitSender,
  openAgents,
} from "./services/calls.ts";
import { createCallSigner, equipAgents, type ToolRegistry } from "./services/tools.ts";
import { createConsoleLog, givenConsoleLog } from "./utils/consoleLog.ts";
import { createIncidents, type Incidents } from "./utils/incidents.ts";
import { createInstanceRpc, openInstanceBus } from "./services/cluster.ts";
import {
  createModelFaults,
  createOpenModel,
  type ModelFaults,
  reportOpenLimits,
} from "./services/openai.ts";
import { createPhone, type DiallingTime, type Phone } from "./services/phone.ts";
import { openStore, type Store } from "./services/store.ts";
import { prepareFolder } from "./utils/writableFolder.ts";
import type { RealtimeServerOptions } from "./sim/openai/realtimeServer.ts";
import { newId, newToken } from "./utils/ids.ts";
import type { Logger } from "./utils/logger.ts";
import { createTwilioFaults } from "./services/twilioOutbound.ts";
import { setTimer } from "./utils/clock.ts";
import { present } from "./utils/present.ts";

/** The whole server but for its listening socket. */
export interface App {
  readonly settings: Settings;
  readonly agents: Agents;
  /** Who answers: `rehearsal` for the built-in engine, else the model's name. */
  readonly engine: string;
  readonly registry: CallRegistry;
  readonly events: EventHub;
  readonly log: Logger;
  readonly incidents: Incidents;
  fetch(request: Request, connection?: ConnectionInfo): Response | Promise<Response>;
  /** Takes no more calls and waits for the live ones, as long as the settings allow. */
  drain(): Promise<void>;
  /** Ends what still lives and lets go of everything; idempotent. */
  close(): Promise<void>;
}

/** What a test puts in the place of the real thing. */
export interface AppOverrides {
  readonly log?: Logger;
  readonly agentFiles?: AgentFiles;
  /** What is wrong with an agent beyond its file and its tools, one sentence each. */
  readonly examineAgent?: (agent: Agent) => readonly string[];
  readonly engine?: RealtimeServerOptions;
  readonly twilioTimeoutMs?: number;
  readonly dialling?: DiallingTime;
}

/** Builds the server. Throws `SettingsError` or `AgentsError`, with all problems at once. */
export async function createApp(
  environment: Environment,
  { log: givenLog, agentFiles, examineAgent, engine, twilioTimeoutMs, dialling }: AppOverrides = {},
): Promise<App> {
  const settings = readSettings(environment);
  const logOutput = givenLog === undefined
    ? createConsoleLog(settings.log, () => incidents)
    : givenConsoleLog(givenLog);
  const { log } = logOutput;
  const incidents: Incidents = createIncidents({ now: Date.now, log });
  const agents = await openAgents(settings, {
    ...present({ files: agentFiles, examine: examineAgent }),
    incidents,
    log,
  });
  const { prices, unpriced, store, journals, pseudonymSecret } = await openPlaces(
    settings,
    agents,
    log,
  );
  const callBudget = await openCallBudget({
    settings,
    unpriced,
    store,
    incidents,
    setTimer,
    log,
  });
  const safety = await createSafety({
    settings,
    agents,
    doNotCall: store.doNotCall,
    now: store.clock.now,
    log,
    registry: () => registry,
  });
  const tools = await equip(agents, { settings, safety, store, log });
  const modelFaults = createModelFaults({ incidents, log });
  const twilioFaults = createTwilioFaults({ incidents, log });
  const model = await openEngine(settings, { log, faults: modelFaults, simulated: engine });
  const events = createEventHub(
    store.clock.now,
    (error) => log.error("Event sink failed", { error }),
  );
  const openLimits = reportOpenLimits(events, modelFaults, model.name);
  const digits = new DigitSender(log);
  const registry = createRegistry({
    maxCalls: settings.limits.calls,
    newId: () => newId("call"),
    describe: createCallSetup(settings, {
      agents,
      tools,
      pseudonymSecret,
      now: () => new Date(),
    }),
    ports: createSessionDependencies({
      openModel: model.open,
      agents,
      tools,
      events,
      log,
      digits,
      ...(journals !== undefined && { journal: journals.write }),
    }),
  });
  const logging = logCalls(events, log);
  const bus = await openInstanceBus(settings.database, { instanceId: newId("inst"), log });
  const rpc = createInstanceRpc({ bus, newId: () => newId("ask"), setTimer, log });
  const records = await openRecords({
    settings,
    agents,
    registry,
    events,
    bus,
    store,
    prices,
    incidents,
    modelFaults,
    log,
    twilioFaults,
    budget: callBudget,
    ...present({ journals }),
    writeEvent: writeServerSentEvent,
    logLinesDropped: () => logOutput.lines.dropped,
    onEnded(call) {
      callBudget.settle(call);
      phone?.outbound.ended(call);
    },
    async beforeStoreCloses() {
      await callBudget.settled();
      await phone?.transferredCalls.settled();
      await phone?.outbound.settled();
    },
  });
  const { transfers, policy } = safety;
  const phone: Phone | undefined = createPhone({
    settings,
    agents,
    registry,
    events,
    records,
    rpc,
    policy,
    log,
    setTimer,
    callBudget,
    transfers,
    digits,
    twilioFaults,
    ...present({ twilioTimeoutMs, dialling }),
  });
  const callSpendLimit = createCallSpendLimit({
    events,
    registry,
    prices,
    setTimer,
    log,
    modelsOf: records.modelsOf,
    budget: callBudget,
    limits: settings.limits,
    now: store.clock.now,
  });
  const reconciler = startReconciler({
    records,
    phone,
    log,
    setTimer,
    now: store.clock.now,
    maxCallMs: settings.limits.callMs,
    holds: (callId) => registry.get(callId) !== undefined,
  });
  let draining = false;
  const router = createRouter({
    settings,
    agents,
    registry,
    phone,
    log,
    records,
    incidents,
    callBudget,
    callOperations: createCallOperations({
      registry,
      agents,
      records,
      phone,
      rpc,
      transfers,
      setTimer,
      log,
    }),
    engine: model.name,
    isDraining: () => draining,
  });

  return {
    settings,
    agents,
    engine: model.name,
    registry,
    events,
    log,
    incidents,
    fetch: (request, connection = { remoteAddress: "unknown" }) =>
      router.fetch(request, connection),
    async drain() {
      draining = true;
      await phone?.outbound.stop();
      await registry.drain(settings.server.drainMs);
    },
    async close() {
      draining = true;
      await phone?.outbound.stop();
      await registry.drain(0);
      await reconciler.close();
      phone?.close();
      callSpendLimit.close();
      logging.close();
      openLimits.close();
      await journals?.close();
      await records.close();
      rpc.close();
      await bus.close();
      await model.close();
      await logOutput.close();
    },
  };
}

/** What the settings name outside of themselves. What cannot be opened is told all at once. */
async function openPlaces(settings: Settings, agents: Agents, log: Logger) {
  const problems: string[] = [];
  const tell = (name: string) => (error: unknown): undefined => {
    problems.push(name + (error instanceof Error ? error.message : String(error)));
  };
  const prices = await loadPrices(settings.records).catch(tell(""));
  const unpriced = prices === undefined
    ? new Map<string, readonly string[]>()
    : findUnpriced(settings, agents, prices);
  problems.push(...findUnpricedLimits(settings, unpriced));
  const journals = await openJournals(settings, log).catch(tell("JOURNAL_DIR: "));
  const barred = unreachableDatabase(settings.database);
  if (barred !== undefined) problems.push(barred);
  const store = barred === undefined
    ? await openStore(settings.database, { now: Date.now }).catch(tell("DATABASE_URL: "))
    : undefined;
  // The same for all processes and for good: a caller has one pseudonym.
  const pseudonymSecret = await store?.keyValues.getOrSet("pseudonym_secret", newToken())
    .catch(tell("DATABASE_URL: "));
  if (problems.length === 0 && prices && store && pseudonymSecret) {
    return { prices, unpriced, journals, store, pseudonymSecret };
  }
  await store?.close();
  throw new SettingsError(problems);
}

/** What has been opened is closed again where no file has the default agent's name. */
async function equip(
  agents: Agents,
  { settings, safety, store, log }: {
    readonly settings: Settings;
    readonly safety: Safety;
    readonly store: Store;
    readonly log: Logger;
  },
): Promise<ReadonlyMap<string, ToolRegistry>> {
  const signCall = createCallSigner({ secrets: settings.signingSecrets, now: Date.now });
  try {
    return equipAgents(agents, {
      defaultAgent: settings.agents.default,
      services: {
        mayTransfer: safety.transfers.mayDial,
        putOnDoNotCallList: safety.putOnDoNotCallList,
        ...present({ signCall }),
      },
      log,
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openJournals({ records: { journal } }: Settings, log: Logger) {
  if (journal === undefined) return undefined;
  await prepareFolder(journal.dir);
  return createCallJournals({
    ...journal,
    append: appendPrivately,
    remove: removeIfThere,
    setTimer,
    log,
  });
}

interface Engine {
  readonly name: string;
  readonly open: OpenModel;
  close(): Promise<void>;
}

/** Without a key for OpenAI the built-in engine takes its place, behind the same socket. */
async function openEngine(
  { openai: { url, apiKey, auth, socket, model }, limits }: Settings,
  { log, faults, simulated }: {
    readonly log: Logger;
    readonly faults: ModelFaults;
    readonly simulated: RealtimeServerOptions | undefined;
  },
): Promise<Engine> {
  const ways = {
    socket,
    faults,
    logger: log,
    // Calls have limits of their own: this is for what begins and ends calls in a loop.
    maxOpeningsPerMinute: Math.max(600, 100 * limits.calls),
  };
  const needsKey = new URL(url).hostname.endsWith("openai.com");
  if (apiKey !== undefined || !needsKey) {
    const key = apiKey === undefined ? {} : { apiKey };
    const open = createOpenModel({ ...ways, ...key, auth, url });
    return { name: model, open, close: () => Promise.resolve() };
  }
  const { startRealtimeServer } = await import("./sim/openai/realtimeServer.ts");
  const ownKey = newToken();
  const server = startRealtimeServer({ voice: "flite", apiKey: ownKey, ...simulated });
  const open = createOpenModel({ ...ways, url: server.url, apiKey: ownKey });
  return { name: "rehearsal", open, close: () => server.close() };
}
