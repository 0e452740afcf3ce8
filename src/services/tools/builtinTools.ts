import type { Agent } from "../../config/agents.ts";
import { mainLanguage } from "../../config/agentSchema.ts";
import { CALENDAR_TOOLS, type CalendarPort, createCalendarTools } from "./builtin/calendarTools.ts";
import { createDoNotCall, type PutOnDoNotCallList } from "./builtin/doNotCall.ts";
import { endCall } from "./builtin/endCall.ts";
import { getCurrentTime } from "./builtin/getCurrentTime.ts";
import { createHandoff } from "./builtin/handoff.ts";
import { RECORDING_TOOLS } from "./builtin/pauseRecording.ts";
import { createSearchKnowledge, type SearchKnowledge } from "./builtin/searchKnowledge.ts";
import { sendDigits } from "./builtin/sendDigits.ts";
import { createSendSms, type SendText } from "./builtin/sendSms.ts";
import { createTakeMessage, type TakeMessage } from "./builtin/takeMessage.ts";
import {
  cancelTransfer,
  createTransferCall,
  leaveConversation,
  type TransferRefused,
} from "./builtin/transferCall.ts";
import { waitSilently } from "./builtin/waitSilently.ts";
import type { Tool } from "./tool.ts";

/** What built-in tools need of the server. */
export interface BuiltinServices {
  /** Whether an agent's transfer may be dialled. */
  /** Why the agent may not transfer to an alias now; undefined where it may. */
  readonly transferRefusal: (
    agent: Agent,
    alias: string,
    callId: string,
  ) => Promise<TransferRefused | undefined>;
  readonly putOnDoNotCallList: PutOnDoNotCallList;
  readonly takeMessage: TakeMessage;
  readonly searchKnowledge: SearchKnowledge;
  readonly sendText: SendText;
  /** The calendar of an agent that has one. */
  readonly calendarOf: (agent: Agent) => CalendarPort;
}

/** The server's own tools that this agent may list, by name; those that it cannot have are left out. */
export function builtinTools(
  agent: Agent,
  { transferRefusal, putOnDoNotCallList, searchKnowledge, takeMessage, sendText, calendarOf }:
    BuiltinServices,
): ReadonlyMap<string, Tool> {
  const aliases = Object.keys(agent.transfers);
  const modeOf = (alias: string) => agent.transfers[alias]?.mode ?? "cold";
  const tools: readonly Tool[] = [
    endCall,
    getCurrentTime,
    sendDigits,
    createDoNotCall(putOnDoNotCallList),
    createTakeMessage(takeMessage),
    ...(agent.phone_menu === undefined ? [] : [waitSilently]),
    ...(agent.knowledge.length > 0 ? [createSearchKnowledge(agent.name, searchKnowledge)] : []),
    createSendSms(agent, sendText),
    ...(aliases.length > 0
      ? [
        createTransferCall(
          aliases,
          refusalOf,
          (alias) => modeOf(alias) !== "cold",
        ),
      ]
      : []),
    ...(aliases.some((alias) => modeOf(alias) !== "cold") ? [cancelTransfer] : []),
    ...(aliases.some((alias) => modeOf(alias) === "conference") ? [leaveConversation] : []),
    ...(agent.recording?.on === true ? RECORDING_TOOLS : []),
    ...(Object.keys(agent.handoffs).length > 0 ? [createHandoff(agent.handoffs)] : []),
    ...(agent.calendar === undefined
      ? []
      : createCalendarTools(agent.calendar, mainLanguage(agent), () => calendarOf(agent))),
  ];
  return new Map(tools.map((tool) => [tool.name, tool]));

  /** With what the agent is to do then. */
  async function refusalOf(alias: string, callId: string): Promise<TransferRefused | undefined> {
    const refusal = await transferRefusal(agent, alias, callId);
    const { unanswered } = agent.transfers[alias] ?? {};
    if (refusal === undefined || unanswered === undefined) return refusal;
    return { ...refusal, sentence: `${refusal.sentence} ${unanswered}` };
  }
}

/** Names that no other tool may have, whether this agent has them or not. */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set([
  "end_call",
  "get_current_time",
  "send_dtmf",
  "wait_silently",
  "do_not_call",
  "take_message",
  "send_sms",
  "transfer_call",
  "cancel_transfer",
  "leave_conversation",
  "search_knowledge",
  "handoff",
  ...RECORDING_TOOLS.map(({ name }) => name),
  ...CALENDAR_TOOLS,
]);
