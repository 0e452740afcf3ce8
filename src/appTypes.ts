import type { CallRegistry } from "./call/registry.ts";
import type { AgentFiles } from "./config/agentFiles.ts";
import type { AgentCheck, Agents } from "./config/agents.ts";
import type { Settings } from "./config/settings.ts";
import type { TwilioLimits } from "./handlers/twilioHandler.ts";
import type { ConnectionInfo } from "./routes/baseRouter.ts";
import type { EventHub } from "./services/events.ts";
import type { Recordings } from "./services/recording.ts";
import type { LatenessLimits } from "./services/load.ts";
import type { DiallingTime } from "./services/phone.ts";
import type { ToolStandIn } from "./services/tools.ts";
import type { RealtimeServerOptions } from "./sim/openai/realtimeServer.ts";
import type { Incidents } from "./utils/incidents.ts";
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
  readonly recordings: Pick<Recordings, "silence">;
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
  /** Takes the place of the built-in engine. */
  readonly startRehearsal?: (
    apiKey: string,
  ) => Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Run in the place of agents' tools. */
  readonly toolStandIns?: readonly ToolStandIn[];
  readonly lateness?: Partial<LatenessLimits>;
  /** When an agent's bridge and apology are recorded; see `openKeptSpeech`. */
  readonly recordAfterMs?: number | "never";
  readonly twilioTimeoutMs?: number;
  readonly dialling?: DiallingTime;
  readonly mediaLimits?: Partial<TwilioLimits>;
  /** The file that the settings are from, which the set-up view judges too. */
  readonly envPath?: string;
  /** Told what each request for vectors of documents and questions has cost, in dollars. */
  readonly onEmbedded?: (usd: number) => void;
  /** By how much the database's clock is taken to be ahead of what it says. */
  readonly clockAheadMs?: number | ((opened: Pick<App, "agents" | "settings">) => Promise<number>);
  /** Certificates to trust at PUBLIC_URL, beside the usual ones. */
  readonly publicCertificates?: readonly string[];
}
