import type { Settings } from "../../config/settings.ts";
import { newToken } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import { isLoopback } from "../../utils/http/loopback.ts";
import type { EventHub, EventSubscription } from "../events.ts";
import type { Incidents } from "../../utils/incidents.ts";
import { createModelServer, isBuiltIn, noModelServer } from "./modelServer.ts";
import { ModelFaults } from "./modelFaults.ts";
import { OpenConnections } from "./openConnections.ts";
import { createOpenModel } from "./openModel.ts";
import { ToolServerHealth } from "./toolServerHealth.ts";

interface EngineOptions {
  readonly settings: Pick<Settings, "openai" | "limits">;
  readonly events: EventHub;
  readonly incidents: Incidents;
  readonly log: Log;
  /** Starts the built-in engine on loopback; called only where no key is set for OpenAI. */
  readonly startRehearsal: (
    apiKey: string,
  ) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** What opens the model connections of calls. */
export type Engine = Awaited<ReturnType<typeof openEngine>>;

/** Connects to the server of the settings, or to the built-in engine behind the same client. */
export async function openEngine(
  { settings, events, incidents, log, startRehearsal }: EngineOptions,
) {
  const { openai: { url, apiKey, auth, socket, model }, limits } = settings;
  const faults = new ModelFaults({ incidents, log });
  const connections = new OpenConnections(log);
  const options = {
    connections,
    faults,
    toolServers: new ToolServerHealth({ incidents, log }),
    log,
    // Calls have limits of their own: this one stops what opens and closes calls in a loop.
    maxOpeningsPerMinute: Math.max(600, 100 * limits.calls),
  };
  const isRehearsal = isBuiltIn(settings.openai);
  const ownKey = newToken();
  const server = isRehearsal ? await startRehearsal(ownKey) : undefined;
  const name = server === undefined ? model : "rehearsal";
  const open = server === undefined
    ? createOpenModel({ ...options, ...present({ apiKey }), auth, socket, url })
    : createOpenModel({ ...options, url: server.url, apiKey: ownKey });
  const watching = setInterval(() => connections.check(), CHECK_MS);
  const openLimits = reportOpenLimits(events, faults, name);
  return {
    /** `rehearsal` for the built-in engine, else the model's name. */
    name,
    /** Identifies the server of the models, without keys and parameters. */
    server: server === undefined ? new URL(url).host : name,
    open,
    faults,
    connections,
    /** What the server says of the key and its models; there is none behind the built-in engine. */
    ...(server === undefined ? createModelServer(settings.openai) : noModelServer),
    async [Symbol.asyncDispose]() {
      clearInterval(watching);
      openLimits.close();
      await server?.close();
    },
  };
}

/** Whether the models run on this machine: the built-in engine, or a server on loopback. */
export function isModelLocal(openai: Pick<Settings["openai"], "url" | "apiKey">): boolean {
  return isLoopback(new URL(openai.url).hostname) || isBuiltIn(openai);
}

/** How often unused connections are looked for. */
const CHECK_MS = 10_000;

/** Reports calls that may open no further model connection, which only a loop can bring about. */
export function reportOpenLimits(
  events: Pick<EventHub, "subscribe">,
  faults: Pick<ModelFaults, "report">,
  model: string,
): EventSubscription {
  return events.subscribe(
    ({ event }) => event.type === "modelLost" && event.code === "open_limit",
    () =>
      faults.report({
        source: "openings",
        code: "open_limit",
        reason:
          "More connections to the model were asked for than a call, or all of them, may open.",
      }, model),
  );
}
