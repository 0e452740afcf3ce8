import { setTimer } from "../../utils/clock.ts";
import { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { Calendar } from "../calendar.ts";
import type { EventHub } from "../events.ts";
import type { Engine } from "../openai.ts";
import type { Load } from "../load.ts";
import type { KeptSpeeches } from "../keptSpeech.ts";
import type { Knowledge } from "../knowledge.ts";
import type { CallJournals, MessageBox } from "../records.ts";
import type { Recordings } from "../recording.ts";
import type { TransferPolicy } from "../spending.ts";
import type { Texts } from "../sms.ts";
import type { Store } from "../store.ts";
import { createRedactions } from "../redaction.ts";
import {
  type ClientToolCalls,
  createCallSigner,
  createToolbox,
  createToolTrials,
  type HttpToolAccess,
  type McpServers,
} from "../tools.ts";
import { createCallSetup } from "./callSetup.ts";
import { createCallerMessages } from "./callerMessages.ts";
import { createOptOuts } from "./optOuts.ts";
import { createDoNotCallRequests } from "./doNotCallRequests.ts";
import { createSessionDependencies } from "./sessionDependencies.ts";

export interface CallRegistryDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly store: Pick<Store, "clock" | "doNotCall" | "messages">;
  readonly messageBox: Pick<MessageBox, "take">;
  readonly transfers: Pick<TransferPolicy, "mayDial">;
  readonly mcpServers: Pick<McpServers, "use">;
  readonly toolAccess: HttpToolAccess;
  readonly clientTools: Pick<ClientToolCalls, "run">;
  /** Absent where there is no phone. */
  readonly texts: Pick<Texts, "send"> | undefined;
  readonly calendar: Pick<Calendar, "deskOf">;
  readonly engine: Pick<Engine, "open">;
  readonly keptSpeech: Pick<KeptSpeeches, "forCall">;
  readonly knowledge: Pick<Knowledge, "forCall" | "search">;
  readonly events: EventHub;
  readonly load: Pick<Load, "overloaded">;
  readonly journals: CallJournals | undefined;
  readonly recordings: Pick<Recordings, "openTap" | "silence">;
  /** Keys the pseudonyms of callers. */
  readonly pseudonymSecret: string;
  readonly log: Log;
}

/** Plays DTMF digits into a session's phone call. */
export type SendDigits = (session: CallSession, digits: string) => void;

/** Opens the registry of this process's live calls, with agents and their tools. */
export function openCallRegistry(deps: CallRegistryDeps) {
  const { settings, agents, store, transfers, mcpServers, journals, log } = deps;
  const { doNotCall, messages, clock: { now } } = store;
  let sendDigits: SendDigits = ({ id }) => log.warn("Digits not sent", { callId: id });
  const redactions = createRedactions({ agentOf: (request) => agents.ofCall(request), log });
  const signCall = createCallSigner({ secrets: settings.signingSecrets, now: Date.now });
  const toolsOf = createToolbox({
    services: {
      mayTransfer: transfers.mayDial,
      putOnDoNotCallList: createDoNotCallRequests({ doNotCall, now, log }),
      takeMessage: createCallerMessages({ messages, messageBox: deps.messageBox, now }),
      searchKnowledge: deps.knowledge.search,
      ...deps.toolAccess,
      sendText: async (call, message) =>
        deps.texts === undefined ? "no_phone" : await deps.texts.send({ ...call, ...message }),
      calendarOf: deps.calendar.deskOf,
      runInClient: (...asked) => deps.clientTools.run(...asked),
      ...present({ signCall }),
    },
    mcpServers,
    log,
  });
  // Compiling the schemas of tools takes a while: no call waits for it.
  const makeToolsReady = () => {
    for (const name of agents.names) {
      const agent = agents.get(name);
      if (agent !== undefined) toolsOf(agent);
    }
  };
  makeToolsReady();
  agents.onChange(makeToolsReady);
  const registry = new CallRegistry({
    maxCalls: settings.limits.calls,
    newId: () => newId("call"),
    overloaded: () => deps.load.overloaded,
    describe: createCallSetup(settings, {
      agents,
      toolsOf,
      keptSpeech: deps.keptSpeech,
      knowledge: deps.knowledge,
      pseudonymSecret: deps.pseudonymSecret,
      now: () => new Date(),
    }),
    deps: createSessionDependencies({
      ...deps,
      openModel: deps.engine.open,
      toolsOf,
      redactions,
      sendDigits: (session, digits) => sendDigits(session, digits),
      openTap: deps.recordings.openTap,
      recordOptOut: createOptOuts({ doNotCall, now, setTimer, log }),
      silence: deps.recordings.silence,
      ...present({ journal: journals?.write }),
    }),
  });
  return {
    registry,
    toolTrials: createToolTrials({ agents, toolsOf, now: () => performance.now() }),
    /** Sets the only handler, which the phone creates later. Without one, digits are dropped with a warning. */
    onSendDigits: (handler: SendDigits): void => void (sendDigits = handler),
  };
}

/** Lines that calls from browsers leave free: a caller by phone has no other way in. */
const PHONE_PERCENT = 20;

/** Whether another call from a browser leaves enough of `maxCalls` lines for phone calls. */
export function hasWebLine(registry: Pick<CallRegistry, "list">, maxCalls: number): boolean {
  const webCalls = registry.list().filter(({ request }) => request.direction === "web").length;
  return webCalls < maxCalls - Math.floor(maxCalls * PHONE_PERCENT / 100);
}
