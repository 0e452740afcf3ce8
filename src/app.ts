import { createHmac } from "node:crypto";
import { createRegistry } from "./call/registry.ts";
import { CallRefused, type CallRegistry, type OpenModel } from "./call/types.ts";
import { type AgentFiles, type Agents, AgentsError, loadAgents } from "./config/agents.ts";
import { readSettings } from "./config/env.ts";
import type { Environment } from "./config/settingReader.ts";
import type { Settings } from "./config/settings.ts";
import { createAppRouter } from "./routes/appRouter.ts";
import type { HostFacts } from "./routes/index.ts";
import { describeCall } from "./services/agentCall.ts";
import { createAgentTools } from "./services/agentTools.ts";
import { createEventHub, type EventHub } from "./services/events.ts";
import { createOpenModel } from "./services/openai.ts";
import { createPhone, type Phone } from "./services/phone.ts";
import { createSessionPorts, setTimer } from "./services/sessionPorts.ts";
import type { Tools } from "./services/tools.ts";
import type { RealtimeServerOptions } from "./sim/realtime.ts";
import { newId, newToken } from "./utils/ids.ts";
import { createLogger, type Logger } from "./utils/logger.ts";

/** The whole server but for its listening socket. */
export interface App {
  readonly settings: Settings;
  /** Who answers: `rehearsal` for the built-in engine, else the model's name. */
  readonly engine: string;
  readonly registry: CallRegistry;
  readonly events: EventHub;
  readonly log: Logger;
  fetch(request: Request, host?: HostFacts): Response | Promise<Response>;
  /** Takes no more calls and waits for the live ones, as long as the settings allow. */
  drain(): Promise<void>;
  /** Ends what still lives and lets go of everything; idempotent. */
  close(): Promise<void>;
}

/** What a test puts in the place of the real thing. */
export interface AppOverrides {
  readonly log?: Logger;
  readonly agentFiles?: AgentFiles;
  readonly engine?: RealtimeServerOptions;
}

/** Builds the server. Throws `SettingsError` or `AgentsError`, with all problems at once. */
export async function createApp(
  environment: Environment,
  { log: givenLog, agentFiles, engine }: AppOverrides = {},
): Promise<App> {
  const settings = readSettings(environment);
  const log = givenLog ?? createConsoleLogger(settings);
  const agents = await loadAgents(settings.agents.dir, agentFiles);
  const tools = equip(agents, settings, log);
  const model = await openEngine(settings, log, engine);
  const events = createEventHub(Date.now, (error) => log.error("Event sink failed", { error }));
  const registry = createRegistry({
    maxCalls: settings.limits.calls,
    newId: () => newId("call"),
    describe: (request) => describe(request, { settings, agents, tools }),
    ports: createSessionPorts({
      openModel: model.open,
      agents,
      tools,
      events,
      phoneCalls: () => phone?.calls,
      log,
    }),
  });
  const phone: Phone | undefined = createPhone({ settings, agents, registry, log, setTimer });
  const logging = logCalls(events, log);
  let draining = false;
  const router = createAppRouter({
    ...{ settings, agents, registry, phone, log },
    engine: model.name,
    isDraining: () => draining,
  });

  return {
    settings,
    engine: model.name,
    registry,
    events,
    log,
    fetch: (request, host = { remoteAddress: "unknown" }) => router.fetch(request, host),
    drain() {
      draining = true;
      return registry.drain(settings.server.drainMs);
    },
    async close() {
      draining = true;
      await registry.drain(0);
      phone?.close();
      logging.close();
      await model.close();
    },
  };
}

function createConsoleLogger({ log: { level, format } }: Settings): Logger {
  const encoder = new TextEncoder();
  return createLogger({
    level,
    format: format === "auto" ? (Deno.stdout.isTerminal() ? "pretty" : "json") : format,
    write: (line) => Deno.stdout.writeSync(encoder.encode(`${line}\n`)),
    now: Date.now,
  });
}

/** Finds out at start, not in the middle of a call, that a tool does not exist. */
function equip(agents: Agents, settings: Settings, log: Logger): ReadonlyMap<string, Tools> {
  const problems: string[] = [];
  const tools = new Map<string, Tools>();
  for (const name of agents.names) {
    const agent = agents.get(name);
    if (agent === undefined) continue;
    try {
      const onFault = (tool: string, error: unknown) =>
        log.warn("Tool failed", { agent: name, tool, error });
      tools.set(name, createAgentTools(agent, onFault));
    } catch (error) {
      problems.push(`${name}.md: ${error instanceof Error ? error.message : "unfit tools"}.`);
    }
  }
  const { default: chosen } = settings.agents;
  if (!agents.names.includes(chosen)) {
    problems.push(`DEFAULT_AGENT is ${chosen}, but there are only: ${agents.names.join(", ")}.`);
  }
  if (problems.length > 0) throw new AgentsError(problems);
  return tools;
}

interface Engine {
  readonly name: string;
  readonly open: OpenModel;
  close(): Promise<void>;
}

/** Without a key for OpenAI the built-in engine takes its place, behind the same socket. */
async function openEngine(
  { openai: { url, apiKey, socket, model } }: Settings,
  log: Logger,
  options: RealtimeServerOptions | undefined,
): Promise<Engine> {
  const needsKey = new URL(url).hostname.endsWith("openai.com");
  if (apiKey !== undefined || !needsKey) {
    const key = apiKey === undefined ? {} : { apiKey };
    const open = createOpenModel({ url, socket, logger: log, ...key });
    return { name: model, open, close: () => Promise.resolve() };
  }
  const { startRealtimeServer } = await import("./sim/realtime.ts");
  const ownKey = newToken();
  const server = startRealtimeServer({ voice: "flite", apiKey: ownKey, ...options });
  const open = createOpenModel({ url: server.url, apiKey: ownKey, socket, logger: log });
  return { name: "rehearsal", open, close: () => server.close() };
}

function describe(
  request: Parameters<CallRegistry["open"]>[0],
  { settings, agents, tools }: {
    readonly settings: Settings;
    readonly agents: Agents;
    readonly tools: ReadonlyMap<string, Tools>;
  },
) {
  const agent = agents.get(request.agent);
  if (agent === undefined) throw new CallRefused("unknown_agent");
  const { setup, policy } = describeCall(agent, request, {
    model: settings.openai.model,
    idleMs: settings.limits.idleMs,
    maxMs: settings.limits.callMs,
    format: request.direction === "web" ? "pcm24k" : "pcmu",
    now: new Date(),
    // Keyed, because all phone numbers there are can be hashed and compared.
    pseudonym: (caller) =>
      createHmac("sha256", settings.openai.apiKey ?? "").update(caller).digest("hex").slice(0, 32),
  });
  return { policy, setup: { ...setup, tools: tools.get(agent.name)?.declarations() ?? [] } };
}

/** One line for a call's beginning and one for its end. */
function logCalls(events: EventHub, log: Logger) {
  return events.subscribe(
    ({ event }) => event.type === "started" || event.type === "ended",
    ({ callId, event }) => {
      if (event.type === "started") {
        log.info("Call started", { callId, direction: event.direction, agent: event.agent });
      } else if (event.type === "ended") {
        log.info("Call ended", { callId, ...event.end, durationMs: event.durationMs });
      }
    },
  );
}
