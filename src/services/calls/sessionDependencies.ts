import type { OpenModel } from "../../call/realtimeClient.ts";
import type { SessionDependencies, ToolOutcome } from "../../call/session.ts";
import type { CallEvent } from "../../call/callEvent.ts";
import type { JournalEntry } from "../../call/journal.ts";
import type { ResumedTool } from "../../call/resumedCall.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import { setTimer } from "../../utils/clock.ts";
import { createDigitMask } from "./digitMask.ts";
import type { EventHub } from "../events.ts";
import { promisesOf } from "../records.ts";
import type { Recordings } from "../recording.ts";
import type { Redactions } from "../redaction.ts";
import { type Toolbox, ToolMemory } from "../tools.ts";
import { createToolMask } from "./toolMask.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

export interface SessionSources {
  readonly openModel: OpenModel;
  readonly agents: Pick<Agents, "ofCall">;
  readonly toolsOf: Toolbox;
  readonly events: EventHub;
  readonly sendDigits: SessionDependencies["sendDigits"];
  readonly transfer: SessionDependencies["transfer"];
  readonly recordOptOut: NonNullable<SessionDependencies["recordOptOut"]>;
  /** `hidesTexts`: what people say in this call is not to be kept, whatever the settings say. */
  readonly journal?: (session: CallSession, entry: JournalEntry, hidesTexts: boolean) => void;
  readonly redactions: Redactions;
  readonly silence: Recordings["silence"];
  readonly openTap: NonNullable<SessionDependencies["openTap"]>;
  readonly log: Pick<Log, "error" | "info">;
}

/** What the session of every call depends on. */
export function createSessionDependencies(
  sources: SessionSources,
): SessionDependencies {
  const { openModel, agents, toolsOf, events, sendDigits, recordOptOut, openTap } = sources;
  const { journal, redactions, silence, log } = sources;
  const masked = createDigitMask();
  const toolMask = createToolMask(({ request }, tool) => {
    const agent = agents.ofCall(request);
    return agent && toolsOf(agent).redactionOf(tool);
  });
  /** Sessions of which anything is, or may be, recorded. */
  const recorded = new WeakSet<CallSession>();
  const memories = new WeakMap<object, ToolMemory>();
  const memoryOf = (session: CallSession) => {
    const memory = memories.get(session) ??
      new ToolMemory(
        session.resumed?.tools.map((earlier) => ({
          ...earlier,
          ...present({ tool: identityOf(earlier, session) }),
        })),
      );
    memories.set(session, memory);
    return memory;
  };
  /** By the definition that the agent has now; undefined where it has no such tool any more. */
  function identityOf({ agent: name, name: tool }: ResumedTool, { request }: CallSession) {
    const isOther = name !== undefined && name !== request.agent;
    const agent = agents.ofCall(isOther ? { agent: name } : request);
    return agent && toolsOf(agent).identityOf(tool);
  }
  function silenceRecording(
    session: CallSession,
    { side, fromMs, toMs }: Extract<CallEvent, { type: "redacted" }>,
  ): void {
    const { id, resumed } = session;
    if (!recorded.has(session) && resumed?.recordingStatus === undefined) return;
    silence(id, side, fromMs, toMs).catch((error) =>
      log.error("Recording not silenced", { callId: id, error })
    );
  }
  return {
    openModel,
    async runTool(session, call, signal) {
      const { id, request } = session;
      const agent = agents.ofCall(request);
      if (agent === undefined) return { output: '{"error":"There are no tools."}', ok: false };
      const outcome = await toolsOf(agent).run(call, {
        signal,
        callId: id,
        direction: request.direction,
        agent: agent.name,
        ...present({ keyName: request.keyName, recordingState: session.recordingState }),
        ...(request.direction !== "web" &&
          present({
            caller: request.caller,
            called: request.called,
            callerProven: request.callerProven,
          })),
        variables: request.variables ?? {},
        now: () => new Date(),
        timeZone: agent.timezone,
        log: (note) =>
          log.info("Tool note", {
            callId: id,
            tool: call.name,
            note: redactions.text(session, bounded(note)),
          }),
        ...(redactions.isOn(session) && { redact: (text) => redactions.text(session, text) }),
      }, memoryOf(session));
      return withPromises(outcome, session);
    },
    sendDigits,
    transfer: sources.transfer,
    recordOptOut: (session, asked) =>
      recordOptOut(session, { ...asked, words: redactions.text(session, asked.words) }),
    publish(session, event) {
      const shown = masked(session.id, toolMask.event(session, event));
      if (event.type === "recording") recorded.add(session);
      for (const each of redactions.events(session, shown)) {
        if (each.type === "redacted") silenceRecording(session, each);
        events.publish(session.id, each);
      }
    },
    openTap,
    onError: ({ id }, error) => log.error("Call failed", { callId: id, error }),
    now: () => performance.now(),
    setTimer,
    ...(journal !== undefined && {
      journal: (session, entry) =>
        journal(session, toolMask.journalEntry(session, entry), redactions.isOn(session)),
    }),
  };
}

/** An agent that is told a summary alone gets beside it what the caller was promised, as the server knows it. */
function withPromises(outcome: ToolOutcome, session: CallSession): ToolOutcome {
  const { effect } = outcome;
  if (effect?.type !== "handoff" || effect.summary === undefined) return outcome;
  const turns = session.snapshot().flatMap((event) => event.type === "turn" ? [event.turn] : []);
  const sentences = new Set(promisesOf(turns).map(({ sentence }) => sentence));
  const promises = [...sentences].slice(-MAX_PROMISES).map((text) => ({ text }));
  return { ...outcome, effect: { ...effect, promises } };
}

const MAX_PROMISES = 10;
const MAX_NOTE_CHARS = 500;

function bounded(note: string): string {
  return String(note).slice(0, MAX_NOTE_CHARS);
}
