import type { CallRegistry } from "./call/registry.ts";
import type { AgentFiles } from "./config/agentFiles.ts";
import type { AgentCheck, Agents } from "./config/agents.ts";
import { readSettings, readVariable } from "./config/env.ts";
import { createToolVariables } from "./config/toolVariables.ts";
import type { Environment } from "./config/settingReader.ts";
import { isShared, type Settings } from "./config/settings.ts";
import type { ConnectionInfo } from "./routes/baseRouter.ts";
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
import { type EventHub, openEventHub } from "./services/events.ts";
import { type LatenessLimits, openLoad } from "./services/load.ts";
import { openKeptSpeech } from "./services/keptSpeech.ts";
import { openKnowledge } from "./services/knowledge.ts";
import { openMetrics } from "./services/metrics.ts";
import { openEngine } from "./services/openai.ts";
import { type DiallingTime, openPhone } from "./services/phone.ts";
import {
  createMessageBox,
  openAbandonedCalls,
  openRecords,
  openResources,
} from "./services/records.ts";
import { openRouting } from "./services/routing.ts";
import { openCallSpendLimit, openSpending } from "./services/spending.ts";
import { openTexts } from "./services/sms.ts";
import { ClientToolCalls, openMcpServers } from "./services/tools.ts";
import { openWebhooks } from "./services/webhooks.ts";
import type { RealtimeServerOptions } from "./sim/openai/realtimeServer.ts";
import { setTimer } from "./utils/clock.ts";
import { openGuardedFetch } from "./utils/http/guardedFetch.ts";
import { openConsoleLog } from "./utils/logging/consoleLog.ts";
import { createIncidents, type Incidents } from "./utils/incidents.ts";
import type { Logger } from "./utils/logger.ts";

/** The whole server but for its listening socket. */
export interface App {
  readonly settings: Settings;
  readonly agents: Agents;
  /** Who answers: `rehearsal` for the built-in engine, else the model's name. */
  readonly engine: string;
  /** Warnings for the operator beyond those of the settings, one sentence each. */
  readonly hints: readonly string[];
  readonly registry: CallRegistry;
  readonly events: EventHub;
  readonly log: Logger;
  readonly incidents: Incidents;
  fetch(request: Request, host?: ConnectionInfo): Response | Promise<Response>;
  /**
   * From now on it can be reached, at an address that no other process can listen at: calls that another
   * process left there are taken back at once.
   */
  listens(address?: { readonly hostname: string; readonly port: number }): Promise<void>;
  /** The process of the same database that listens at this port, if one does. */
  portHolder(port: number): Promise<{ readonly isLeaving: boolean } | undefined>;
  /** Whether another process can go on with the calls of this one. */
  readonly handsOver: boolean;
  /** Not ready any more, and takes no more calls: those that come are for another process. */
  leave(): void;
  /** Gives all live calls to another process, each at a quiet moment, at the latest after `withinMs`. */
  handOver(withinMs: number): Promise<void>;
  /** Takes no more calls and waits for the live ones, as long as the settings allow. */
  drain(): Promise<void>;
  /** Ends live calls and closes everything; further calls wait for the same end. */
  close(): Promise<void>;
}

/** What a test puts in the place of the real thing. */
export interface AppOverrides {
  readonly log?: Logger;
  readonly agentFiles?: AgentFiles;
  /** What is wrong with an agent beyond its file and its tools. */
  readonly examineAgent?: AgentCheck;
  /** How often the agents' files are looked at beside the events of their folder. */
  readonly agentPollMs?: number;
  readonly engine?: RealtimeServerOptions;
  readonly lateness?: Partial<LatenessLimits>;
  /** When an agent's bridge and apology are recorded; see `openKeptSpeech`. */
  readonly recordAfterMs?: number | "never";
  readonly twilioTimeoutMs?: number;
  readonly dialling?: DiallingTime;
}

/** Builds the server. Throws `SettingsError` or `AgentsError`, with all problems at once. */
export async function createApp(
  environment: Environment,
  { log: givenLog, agentFiles, examineAgent, engine: simulated, lateness, ...overrides }:
    AppOverrides = {},
): Promise<App> {
  const startRehearsal = async (apiKey: string) =>
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
  const openedAgents = await openAgents(settings, {
    ...overrides,
    agentFiles,
    examineAgent,
    readToolVariable,
    incidents,
    log,
  });
  const { agents } = openedAgents;
  if (!isShared(settings.database)) await openedAgents.recover();
  const resources = opening.use(await openResources(settings, agents, log));
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
  const engine = opening.use(await openEngine({ ...base, events, startRehearsal }));
  const spending = await openSpending(base);
  const keptSpeech = opening.use(
    await openKeptSpeech({ ...base, ...spending, ...overrides, engine }),
  );
  const knowledge = opening.use(openKnowledge({ ...base, ...spending }));
  const toolFetch = openGuardedFetch(settings.tools);
  opening.defer(toolFetch.close);
  const texts = openTexts({ ...base, ...spending, ...overrides });
  const clientTools = new ClientToolCalls();
  const mcpServers = opening.use(
    await openMcpServers({
      ...base,
      readVariable: readToolVariable,
      fetch: (url, init = {}) => toolFetch.fetch(new URL(url), init),
    }),
  );
  const { registry, toolTrials, onSendDigits } = openCallRegistry({
    ...base,
    ...spending,
    events,
    engine,
    load,
    keptSpeech,
    knowledge,
    mcpServers,
    clientTools,
    toolAccess: { readVariable: readToolVariable, send: toolFetch.fetch },
    texts,
  });
  const cluster = opening.use(await openCluster(base));

  const calls = { ...base, ...spending, events, registry, cluster, load, knowledge };
  const eventLog = opening.use(openEventLog({ ...calls, write: writeServerSentEvent }));
  const records = opening.use(openRecords({ ...calls, eventLog, keptSpeech }));
  const { recorder, completion } = records;
  const resumedCalls = createResumedCalls({ ...calls, callStore: base.store.calls, recorder });
  const webhooks = opening.use(openWebhooks({ ...calls, texts, completion }));
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
      recorder,
      completion,
      resumedCalls,
      routing,
      onSendDigits,
      ...overrides,
    }),
  );
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
  completion.start();

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
    clientTools,
    catalog,
    texts,
    records,
    analysis,
    eventLog,
    metrics,
    webhooks,
    phone,
    routing,
    operations,
    toolTrials,
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
    hints: analysis.hints(),
    listens,
    portHolder: cluster.holderOf,
    handsOver: isShared(settings.database),
    leave,
    handOver: operations.handOver,
    registry,
    events,
    log,
    incidents,
    fetch: (request, host = { remoteAddress: "unknown" }) => router.fetch(request, host),
    drain: () => drain(settings.server.drainMs),
    close: () => closing ??= drain(0).then(() => opened.disposeAsync()),
  };
}
