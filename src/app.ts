import type { App, AppOverrides } from "./appTypes.ts";
import { readSettings, readVariable } from "./config/env.ts";
import { createToolVariables } from "./config/toolVariables.ts";
import type { Environment } from "./config/settingReader.ts";
import { unknownPageAgents } from "./config/publicKeys.ts";
import { isShared } from "./config/settings.ts";
import { writeServerSentEvent } from "./routes/eventStream.ts";
import { createRouter } from "./routes/index.ts";
import { openAgents } from "./services/agents.ts";
import { openCalendar } from "./services/calendar.ts";
import {
  createApiOperations,
  createResumedCalls,
  openCallRegistry,
  openCallWatchdog,
} from "./services/calls.ts";
import { openAnalysis } from "./services/analysis.ts";
import { openCluster, openEventLog } from "./services/cluster.ts";
import { openEventHub } from "./services/events.ts";
import { openListening } from "./services/listening.ts";
import { openLoad } from "./services/load.ts";
import { openKeptSpeech } from "./services/keptSpeech.ts";
import { openKnowledge } from "./services/knowledge.ts";
import { openMetrics } from "./services/metrics.ts";
import { isModelLocal, openEngine } from "./services/openai.ts";
import { openPhone } from "./services/phone.ts";
import {
  createMessageBox,
  openAbandonedCalls,
  openDatabase,
  openRecords,
  openResources,
} from "./services/records.ts";
import { openRecordings } from "./services/recording.ts";
import { openRouting } from "./services/routing.ts";
import { openSetup } from "./services/setup.ts";
import { openSignIn } from "./services/signIn.ts";
import { openCallSpendLimit, openSpending } from "./services/spending.ts";
import { openTexts } from "./services/sms.ts";
import { openToolAccess } from "./services/tools.ts";
import { openWebhooks } from "./services/webhooks.ts";
import { setTimer } from "./utils/clock.ts";
import { openConsoleLog } from "./utils/logging/consoleLog.ts";
import { createIncidents } from "./utils/incidents.ts";

export type { App, AppOverrides } from "./appTypes.ts";

/** Builds the server. Throws `SettingsError` or `AgentsError`, with all problems at once. */
export async function createApp(
  environment: Environment,
  {
    log: givenLog,
    agentFiles,
    examineAgent,
    engine: simulated,
    lateness,
    clockAheadMs = 0,
    startRehearsal: givenRehearsal,
    ...overrides
  }: AppOverrides = {},
): Promise<App> {
  const startBuiltIn = async (apiKey: string) =>
    (await import("./sim/openai/realtimeServer.ts"))
      .startRealtimeServer({ voice: "flite", apiKey, ...simulated });
  const startChatStandIn = async (apiKey: string) =>
    (await import("./sim/chat/chatServer.ts")).startChatServer({ apiKey });
  // Disposes of what has been opened, the latest first; also where a later part fails to open.
  await using opening = new AsyncDisposableStack();
  const settings = readSettings(environment);
  const output = openConsoleLog(settings.log, givenLog);
  opening.defer(output.close);
  const { log } = output;
  const incidents = createIncidents({ now: Date.now, log });
  output.reportTo(incidents);
  const readToolVariable = createToolVariables(environment, readVariable);
  const openStore = (aheadMs: number) => opening.use(openDatabase(settings.database, aheadMs));
  // Opened while the agents are read, unless its clock depends on them.
  const databaseOrClock = typeof clockAheadMs === "number" ? openStore(clockAheadMs) : clockAheadMs;
  const openedAgents = await openAgents(settings, {
    ...overrides,
    agentFiles,
    examineAgent,
    readToolVariable,
    isModelLocal: isModelLocal(settings.openai),
    incidents,
    log,
  });
  const { agents } = openedAgents;
  const database = typeof databaseOrClock === "function"
    ? openStore(await databaseOrClock({ agents, settings }))
    : databaseOrClock;
  if (!isShared(settings.database)) await openedAgents.recover();
  const resources = opening.use(await openResources({ settings, agents, database, log }));
  const { now } = resources.store.clock;
  if (isShared(settings.database)) await openedAgents.recover(resources.store.agentVersions);
  const messageBox = createMessageBox({ messages: resources.store.messages, log });
  const calendar = openCalendar({ ...resources, settings, agents, now });
  const base = {
    ...{ ...resources, messageBox, calendar },
    ...{ settings, agents, incidents, now, setTimer, log },
  };

  const load = opening.use(openLoad({ ...base, limits: lateness }));
  const events = openEventHub(base);
  const engine = opening.use(
    await openEngine({ ...base, events, startRehearsal: givenRehearsal ?? startBuiltIn }),
  );
  const spending = await openSpending({ ...base, ...overrides });
  opening.defer(() => spending.optOuts.close());
  const keptSpeech = opening.use(
    await openKeptSpeech({ ...base, ...spending, ...overrides, engine }),
  );
  const knowledge = opening.use(openKnowledge({ ...base, ...spending }));
  const texts = openTexts({ ...base, ...spending, ...overrides });
  const recordings = opening.use(openRecordings(base));
  const toolAccess = opening.use(
    await openToolAccess({ ...base, ...overrides, readVariable: readToolVariable }),
  );
  const { registry, toolTrials, previewSession, redactions, onPhone } = openCallRegistry({
    ...base,
    ...spending,
    events,
    engine,
    load,
    keptSpeech,
    knowledge,
    ...toolAccess,
    ...overrides,
    texts,
    recordings,
  });
  const cluster = opening.use(await openCluster(base));
  const signIn = opening.use(await openSignIn({ ...base, cluster }));

  const calls = { ...base, ...spending, events, registry, cluster, load, knowledge };
  const eventLog = opening.use(openEventLog({ ...calls, write: writeServerSentEvent }));
  const records = opening.use(openRecords({ ...calls, eventLog, keptSpeech, recordings }));
  const { recorder, completion } = records;
  const resumedCalls = createResumedCalls({ ...calls, callStore: base.store.calls, recorder });
  const webhooks = opening.use(openWebhooks({ ...calls, texts, completion, records }));
  const analysis = opening.use(openAnalysis({
    ...calls,
    completion,
    startStandIn: engine.name === "rehearsal" ? startChatStandIn : undefined,
    onAnalyzed: webhooks?.enqueueAnalyzed,
  }));
  const routing = opening.use(openRouting(calls));
  const phone = opening.use(
    openPhone({
      ...calls,
      redactions,
      recorder,
      completion,
      resumedCalls,
      routing,
      onPhone,
      ...overrides,
    }),
  );
  if (webhooks !== undefined) phone?.outbound.batches.onEvent(webhooks.enqueueBatch);
  const metrics = opening.use(
    openMetrics({
      ...calls,
      engine,
      keptSpeech,
      phone,
      routing,
      recorder,
      completion,
      analysis,
      webhooks,
      output,
    }),
  );
  opening.defer(openCallSpendLimit(calls).close);
  opening.defer(openCallWatchdog(calls).close);
  const abandonedCalls = openAbandonedCalls({
    ...calls,
    recorder,
    completion,
    twilio: phone?.twilio,
    pullBack: phone?.calls.pullBack,
  });
  opening.defer(abandonedCalls.close);
  phone?.onStreamEnded(abandonedCalls.streamEnded);
  records.start();

  const listening = opening.use(openListening(calls));
  const { catalog } = opening.use(openedAgents.follow(base.store.agentVersions, now));
  const operations = createApiOperations({
    ...calls,
    recorder,
    resumedCalls,
    abandonedCalls,
    phone,
  });
  const parts = {
    ...calls,
    clientTools: toolAccess.clientTools,
    catalog,
    texts,
    records,
    recordings,
    listening,
    signIn,
    setup: openSetup({
      ...{ ...calls, ...overrides, ...toolAccess },
      ...{ engine, recorder, recordings, signIn, environment },
    }),
    analysis,
    eventLog,
    metrics,
    webhooks,
    phone,
    mediaLimits: overrides.mediaLimits,
    routing,
    operations,
    toolTrials,
    previewSession,
  };
  let isDraining = false;
  const router = createRouter({ ...parts, engine: engine.name, isDraining: () => isDraining });
  const opened = opening.move();
  let closing: Promise<void> | undefined;

  async function drain(deadlineMs: number): Promise<void> {
    isDraining = true;
    await phone?.outbound.stop();
    await registry.drain(deadlineMs);
  }

  function leave(): void {
    isDraining = true;
    registry.leave();
    cluster.leave();
    phone?.outbound.stop().catch((error) => log.warn("Dialling not stopped", { error }));
  }

  async function listens(address?: { hostname: string; port: number }): Promise<void> {
    await cluster.occupy(address);
    abandonedCalls.begin();
  }

  return {
    settings,
    agents,
    engine: engine.name,
    hints: [...analysis.hints(), ...unknownPageAgents(settings.server.apiKeys, agents)],
    listens,
    portHolder: cluster.holderOf,
    handsOver: isShared(settings.database),
    leave,
    handOver: operations.handOver,
    registry,
    events,
    recordings,
    log,
    incidents,
    fetch: (request, host = { remoteAddress: "unknown" }) => router.fetch(request, host),
    drain: () => drain(settings.server.drainMs),
    close: () => closing ??= drain(0).then(() => opened.disposeAsync()),
  };
}
