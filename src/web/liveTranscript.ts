/// <reference lib="dom" />
import type { CallDetail, CallEvent } from "./callAnswers.ts";
import { createTranscriptView } from "./transcriptView.ts";

/** The transcript of a live call, written from its events. */
export interface LiveTranscript {
  /** Shows the record so far, where its events are lost. */
  load(call: Pick<CallDetail, "turns" | "tools" | "latencies">): void;
  /** `startedMs` counts from the start of the call. */
  apply(event: CallEvent, startedMs: number): void;
  clear(): void;
}

/** Creates the transcript in a list element. */
export function createLiveTranscript(list: HTMLElement): LiveTranscript {
  const view = createTranscriptView(list, { caller: "Caller" });
  const toolArguments = new Map<string, string>();

  return {
    load({ turns, latencies }) {
      // Before the lines of the remaining events, whose positions start at 0.
      turns.forEach((turn, at) => view.show({ ...turn, position: at - turns.length }));
      for (const { turnId, firstHeardMs, ...latency } of latencies) {
        view.showLatency({
          id: turnId,
          ...latency,
          ...(firstHeardMs !== null && { firstHeardMs }),
        });
      }
    },
    apply(event, startedMs) {
      switch (event.type) {
        case "turn":
          return view.show(event.turn);
        case "toolStarted": {
          const { toolCallId: id, name } = event;
          toolArguments.set(id, event.arguments);
          return view.showTool({
            type: "tool",
            id,
            name,
            state: "started",
            startedMs,
            content: { arguments: event.arguments },
          });
        }
        case "toolEnded": {
          const { toolCallId: id, name, output, durationMs } = event;
          return view.showTool({
            type: "tool",
            id,
            name,
            state: event.ok ? "done" : "failed",
            durationMs,
            startedMs,
            content: { arguments: toolArguments.get(id) ?? "", output },
          });
        }
        case "latency":
          return view.showLatency({ id: event.itemId, ...event.latency });
        case "modelLost":
          return view.note("The model's connection was lost; connecting again…");
        case "modelReady":
          return event.again ? view.note("The model is back.") : undefined;
        case "transferring":
          return view.note(`The call is being handed over: ${event.alias}.`);
        case "notice": {
          const text = NOTICES[event.code];
          return text === undefined ? undefined : view.note(text);
        }
      }
    },
    clear() {
      toolArguments.clear();
      view.clear();
    },
  };
}

const NOTICES: Readonly<Record<string, string>> = {
  idle_prompt: "Nobody spoke for a while: the agent asks.",
  time_warning: "The call will end soon.",
  false_alarm: "A short noise: the agent goes on.",
  playout_stalled: "The caller's browser plays nothing: the agent waits.",
};
