import { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { TransferOrder } from "../../call/transfer.ts";
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
import { failureOf, type OptOutKeeper, type TransferPolicy } from "../spending.ts";
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
  type ToolStandIn,
} from "../tools.ts";
import { createCallDescription, createCallSetup } from "./callSetup.ts";
import { createSessionPreview } from "./sessionPreview.ts";
import { createCallerMessages } from "./callerMessages.ts";
import { createOptOuts } from "./optOuts.ts";
import { createDoNotCallRequests } from "./doNotCallRequests.ts";
import { createSessionDependencies } from "./sessionDependencies.ts";

export interface CallRegistryDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly store: Pick<Store, "clock" | "doNotCall" | "messages">;
  readonly messageBox: Pick<MessageBox, "take">;
  readonly transfers: Pick<TransferPolicy, "refusalOf">;
  readonly optOuts: Pick<OptOutKeeper, "keepInTime">;
  readonly mcpServers: Pick<McpServers, "use">;
  readonly toolAccess: HttpToolAccess;
  readonly clientTools: Pick<ClientToolCalls, "run">;
  readonly toolStandIns?: readonly ToolStandIn[] | undefined;
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

/** What the phone does with a session's call. */
export interface PhoneHandlers {
  /** Plays DTMF digits into it. */
  sendDigits(session: CallSession, digits: string): void;
  /** Has the caller put through; what becomes of it is an input of the session. */
  transfer(session: CallSession, order: TransferOrder): void;
}

/** Opens the registry of this process's live calls, with agents and their tools. */
export function openCallRegistry(deps: CallRegistryDeps) {
  const { settings, agents, store, transfers, optOuts, mcpServers, journals, log } = deps;
  const { doNotCall, messages, clock: { now } } = store;
  const redactions = createRedactions({ agentOf: (request) => agents.ofCall(request), log });
  let phone: PhoneHandlers = {
    sendDigits: ({ id }) => log.warn("Digits not sent", { callId: id }),
    transfer: (session, order) => {
      if (order.type !== "transfer") return;
      session.input({
        type: "transferOver",
        number: order.transfer.number,
        result: { kind: "failed", why: "not_allowed" },
      });
    },
  };
  const signCall = createCallSigner({ secrets: settings.signingSecrets, now: Date.now });
  const toolsOf = createToolbox({
    services: {
      async transferRefusal(agent, alias, callId) {
        const refusal = await transfers.refusalOf(agent, alias, callId);
        if (refusal === undefined) return undefined;
        const why = failureOf(refusal);
        const code = why === "not_allowed" ? "destination_not_allowed" : why;
        return { code, sentence: refusal.sentence };
      },
      putOnDoNotCallList: createDoNotCallRequests({ doNotCall, optOuts, now, log }),
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
    ...present({ standIns: deps.toolStandIns }),
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
  const describeCall = createCallDescription(settings, {
    toolsOf,
    keptSpeech: deps.keptSpeech,
    knowledge: deps.knowledge,
    pseudonymSecret: deps.pseudonymSecret,
    now: () => new Date(),
  });
  const registry = new CallRegistry({
    maxCalls: settings.limits.calls,
    newId: () => newId("call"),
    overloaded: () => deps.load.overloaded,
    describe: createCallSetup({ agents, describeCall }),
    deps: createSessionDependencies({
      ...deps,
      openModel: deps.engine.open,
      toolsOf,
      redactions,
      sendDigits: (session, digits) => phone.sendDigits(session, digits),
      transfer: (session, order) => phone.transfer(session, order),
      openTap: deps.recordings.openTap,
      recordOptOut: createOptOuts({ optOuts, now }),
      silence: deps.recordings.silence,
      ...present({ journal: journals?.write }),
    }),
  });
  return {
    registry,
    redactions,
    toolTrials: createToolTrials({ agents, toolsOf, now: () => performance.now() }),
    previewSession: createSessionPreview(describeCall),
    /** Sets the only handlers, which the phone creates later. Without one nothing is sent, and nobody put through. */
    onPhone: (handlers: PhoneHandlers): void => void (phone = handlers),
  };
}

/** Lines that calls from browsers leave free: a caller by phone has no other way in. */
const PHONE_PERCENT = 20;

/** Whether another call from a browser leaves enough of `maxCalls` lines for phone calls. */
export function hasWebLine(registry: Pick<CallRegistry, "list">, maxCalls: number): boolean {
  const webCalls = registry.list().filter(({ request }) => request.direction === "web").length;
  return webCalls < maxCalls - Math.floor(maxCalls * PHONE_PERCENT / 100);
}
