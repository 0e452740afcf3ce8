/// <reference lib="dom" />
import type { CallDetail, CallEvent } from "./callAnswers.ts";
import { createScript } from "./transcriptView.ts";

/** The conversation of a call in progress, written as its events come. */
export interface LiveScript {
  /** Puts what was said before, where the events of it are gone. */
  begin(call: Pick<CallDetail, "turns" | "tools" | "latencies">): void;
  /** `atMs` is the event's time since the call began. */
  tell(event: CallEvent, atMs: number): void;
  empty(): void;
}

export function createLiveScript(list: HTMLElement): LiveScript {
  const script = createScript(list, { caller: "Caller" });
  const given = new Map<string, string>();

  return {
    begin({ turns, latencies }) {
      // Before whatever the events that are left will tell, whose places begin at 0.
      turns.forEach((turn, at) => script.show({ ...turn, position: at - turns.length }));
      for (const { turnId, firstHeardMs, ...latency } of latencies) {
        script.showLatency({
          id: turnId,
          ...latency,
          ...(firstHeardMs !== null && { firstHeardMs }),
        });
      }
    },
    tell(event, startedMs) {
      switch (event.type) {
        case "turn":
          return script.show(event.turn);
        case "toolStarted": {
          const { toolCallId: id, name } = event;
          given.set(id, event.arguments);
          return script.showTool({
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
          return script.showTool({
            type: "tool",
            id,
            name,
            state: event.ok ? "done" : "failed",
            durationMs,
            startedMs,
            content: { arguments: given.get(id) ?? "", output },
          });
        }
        case "latency":
          return script.showLatency({ id: event.itemId, ...event.latency });
        case "modelLost":
          return script.note("The model's connection was lost; connecting again…");
        case "modelReady":
          return event.again ? script.note("The model is back.") : undefined;
        case "transferring":
          return script.note(`The call is being handed over: ${event.alias}.`);
        case "notice": {
          const words = NOTICES[event.code];
          return words === undefined ? undefined : script.note(words);
        }
      }
    },
    empty() {
      given.clear();
      script.empty();
    },
  };
}

const NOTICES: Readonly<Record<string, string>> = {
  idle_prompt: "Nobody spoke for a while: the agent asks.",
  time_warning: "The call will end soon.",
  false_alarm: "A short noise: the agent goes on.",
  playout_stalled: "The caller's browser plays nothing: the agent waits.",
};
