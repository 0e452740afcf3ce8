/// <reference lib="dom" />
import type { AgentTitles, CallDetail, CallEvent } from "../apiTypes.ts";
import { transferText } from "../transferText.ts";
import { createTranscriptView, type TranscriptView } from "../transcriptView.ts";

/** The transcript of a live call in a list element, written from its events. */
export class LiveTranscript {
  readonly #view: TranscriptView;
  readonly #toolArguments = new Map<string, string>();
  #titles: AgentTitles = new Map();

  constructor(list: HTMLElement) {
    const titleOf = (agent: string) => this.#titles.get(agent) ?? agent;
    this.#view = createTranscriptView(list, { caller: "Caller", titleOf });
  }

  /** How people call the agents; to be known before their lines are shown. */
  name(titles: AgentTitles): void {
    this.#titles = titles;
  }

  /** Shows the record so far, where its events are lost. */
  load({ turns, latencies }: Pick<CallDetail, "turns" | "latencies">): void {
    // Before the lines of the remaining events, whose positions start at 0.
    turns.forEach((turn, at) => this.#view.show({ ...turn, position: at - turns.length }));
    for (const { turnId: id, ...latency } of latencies) {
      this.#view.showLatency({ id, ...latency });
    }
  }

  /** `startedMs` counts from the start of the call. */
  apply(event: CallEvent, startedMs: number): void {
    switch (event.type) {
      case "turn":
        return this.#view.show(event.turn);
      case "toolStarted": {
        const { toolCallId: id, name } = event;
        this.#toolArguments.set(id, event.arguments);
        const content = { arguments: event.arguments };
        return this.#view.showTool({
          type: "tool",
          id,
          name,
          state: "started",
          startedMs,
          content,
        });
      }
      case "toolEnded": {
        const { toolCallId: id, name, output, durationMs } = event;
        return this.#view.showTool({
          type: "tool",
          id,
          name,
          state: event.ok ? "done" : event.waits ? "waits" : "failed",
          durationMs,
          startedMs,
          content: { arguments: this.#toolArguments.get(id) ?? "", output },
        });
      }
      case "latency":
        return this.#view.showLatency({ id: event.itemId, ...event.latency });
      case "modelLost":
        return this.#view.note("The model's connection was lost; connecting again…");
      case "modelReady":
        return event.again ? this.#view.note("The model is back.") : undefined;
      case "handoff":
        return this.#view.note(`The call goes on with ${event.title}.`);
      case "menu": {
        const { keys } = event.step;
        if (keys === undefined) return this.#view.note("In a phone menu: the agent decides.");
        return this.#view.note(`The agent pressed ${keys}.`);
      }
      case "hold":
        return this.#view.note(event.on ? "On hold." : "The hold is over.");
      case "transfer":
        return this.#view.note(transferText(event.alias, event));
      case "notice": {
        const text = NOTICES[event.code];
        return text === undefined ? undefined : this.#view.note(text);
      }
    }
  }

  clear(): void {
    this.#toolArguments.clear();
    this.#view.clear();
  }
}

const NOTICES: Readonly<Record<string, string>> = {
  idle_prompt: "After a long silence the agent asks.",
  time_warning: "The call will end soon.",
  false_alarm: "A short noise: the agent goes on.",
  playout_stalled: "The caller's browser plays nothing: the agent waits.",
};
