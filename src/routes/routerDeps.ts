import type { CallRegistry } from "../call/registry.ts";
import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import type { TwilioLimits } from "../handlers/twilioHandler.ts";
import type { AgentCatalog } from "../services/agents.ts";
import type { ApiOperations, PreviewSession } from "../services/calls.ts";
import type { Knowledge } from "../services/knowledge.ts";
import type { Calendar } from "../services/calendar.ts";
import type { Phone } from "../services/phone.ts";
import type { Listening } from "../services/listening.ts";
import type { SignIn } from "../services/signIn.ts";
import type { Setup } from "../services/setup.ts";
import type { Load } from "../services/load.ts";
import type { CallAnalyses } from "../services/analysis.ts";
import type { Cluster } from "../services/cluster.ts";
import type { EventLog } from "../services/events.ts";
import type { Metrics } from "../services/metrics.ts";
import type { Recordings } from "../services/recording.ts";
import type { Records } from "../services/records.ts";
import type { Store } from "../services/store.ts";
import type { WebhookDispatcher } from "../services/webhooks.ts";
import type { Routing } from "../services/routing.ts";
import type { ToolTrials } from "../services/tools.ts";
import type { CallBudget, Prices } from "../services/spending.ts";
import type { Incidents } from "../utils/incidents.ts";
import type { Logger } from "../utils/logger.ts";
import type { ClientToolCalls } from "../services/tools.ts";
import type { Texts } from "../services/sms.ts";

/** The parts of the server that its routes reach. */
export interface RouterDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly catalog: AgentCatalog;
  readonly registry: CallRegistry;
  /** Absent where the phone is not set up. */
  readonly phone: Phone | undefined;
  /** Of the sockets that carry phone calls, where they are not the usual ones. */
  readonly mediaLimits: Partial<TwilioLimits> | undefined;
  readonly texts: Texts | undefined;
  readonly clientTools: ClientToolCalls;
  readonly store: Store;
  readonly calendar: Pick<Calendar, "agenda">;
  readonly cluster: Pick<Cluster, "instanceId" | "revocation">;
  readonly records: Records;
  readonly recordings: Recordings;
  readonly listening: Listening;
  readonly prices: Prices;
  /** Absent where nobody can sign in. */
  readonly signIn: SignIn | undefined;
  readonly setup: Setup;
  readonly knowledge: Knowledge;
  readonly eventLog: EventLog;
  readonly metrics: Metrics;
  readonly load: Load;
  /** Absent where no URL is set. */
  readonly webhooks: WebhookDispatcher | undefined;
  readonly operations: ApiOperations;
  readonly analysis: CallAnalyses;
  readonly callBudget: CallBudget;
  readonly toolTrials: ToolTrials;
  readonly previewSession: PreviewSession;
  readonly routing: Routing;
  readonly incidents: Incidents;
  /** Who answers: `rehearsal` for the built-in engine, else the model's name. */
  readonly engine: string;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}
