import type { CallEvent } from "../../call/callEvent.ts";
import type { JournalEntry } from "../../call/journal.ts";
import type { ToolCall } from "../../call/realtimeClient.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { Redaction } from "../tools.ts";

/** Finds what is hidden of a tool of a session's agent. */
export type RedactionOf = (
  session: Pick<CallSession, "request">,
  tool: string,
) => Redaction | undefined;

interface Hidden {
  readonly redaction: Redaction;
  readonly values: readonly string[];
}

/**
 * Creates the functions that put dots into events and journal entries of a call, in the place of what its
 * agent hides of tools. The tools and the model have the true values.
 */
export function createToolMask(redactionOf: RedactionOf) {
  /** By session and the id of the tool call. */
  const calls = new WeakMap<object, Map<string, Hidden>>();

  function maskedCall<T extends Pick<ToolCall, "name" | "arguments">>(
    session: CallSession,
    id: string,
    call: T,
  ): T {
    const redaction = redactionOf(session, call.name);
    if (redaction === undefined) return call;
    const { shown, hidden } = redaction.hideArguments(call.arguments);
    const known = calls.get(session) ?? new Map<string, Hidden>();
    known.set(id, { redaction, values: hidden });
    calls.set(session, known);
    return { ...call, arguments: shown };
  }

  function maskedOutput<T extends { readonly output: string }>(
    session: CallSession,
    id: string,
    ended: T,
  ): T {
    const hidden = calls.get(session)?.get(id);
    if (hidden === undefined) return ended;
    return { ...ended, output: hidden.redaction.hideOutput(ended.output, hidden.values) };
  }

  return {
    event(session: CallSession, event: CallEvent): CallEvent {
      if (event.type === "toolStarted") return maskedCall(session, event.toolCallId, event);
      if (event.type === "toolEnded") return maskedOutput(session, event.toolCallId, event);
      return event;
    },
    journalEntry(session: CallSession, entry: JournalEntry): JournalEntry {
      if (!("input" in entry)) return entry;
      const { input } = entry;
      const masked = (call: ToolCall) => maskedCall(session, call.callId, call);
      switch (input.type) {
        case "toolAnnounced":
        case "remoteToolStarted":
          return { ...entry, input: { ...input, call: masked(input.call) } };
        case "responseDone":
          if (input.toolCalls.length === 0) return entry;
          return { ...entry, input: { ...input, toolCalls: input.toolCalls.map(masked) } };
        case "requestRefused": {
          const { request } = input;
          if (!("callId" in request) || request.output === undefined) return entry;
          const { callId, output } = request;
          const shown = maskedOutput(session, callId, { output });
          return { ...entry, input: { ...input, request: { ...request, ...shown } } };
        }
        case "toolReturned":
        case "remoteToolEnded":
          return { ...entry, input: maskedOutput(session, input.callId, input) };
        default:
          return entry;
      }
    },
  };
}
