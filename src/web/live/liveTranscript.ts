/// <reference lib="dom" />
import type { AgentTitles, CallDetail } from "../apiTypes.ts";
import type { CallEvent } from "../callEvents.ts";
import { callMoments } from "../moments/callMoments.ts";
import { eventMoments } from "../moments/eventMoments.ts";
import type { Moment } from "../moments/moment.ts";
import { backMoment, wasAway } from "../moments/transferMoments.ts";
import { showCourse } from "../showCourse.ts";
import { createTranscriptView, type TranscriptView } from "../transcriptView.ts";
import { t } from "../text.ts";

/** The transcript of a live call in a list element, written from its events. */
export class LiveTranscript {
  readonly #view: TranscriptView;
  readonly #toolArguments = new Map<string, string>();
  #titles: AgentTitles = new Map();
  /** To be shown when the agent speaks again. */
  #back: Moment | undefined;

  constructor(list: HTMLElement) {
    const titleOf = (agent: string) => this.#titles.get(agent) ?? agent;
    this.#view = createTranscriptView(list, { caller: "Caller", titleOf });
  }

  /** How people call the agents; to be known before their lines are shown. */
  name(titles: AgentTitles): void {
    this.#titles = titles;
  }

  /** Shows the record so far in the place of what was shown, where its events are lost. */
  load(call: CallDetail): void {
    this.clear();
    // Before the lines of the remaining events, whose positions start at 0.
    showCourse(this.#view, call, callMoments(call, this.#titles), -call.turns.length);
  }

  /** `startedMs` counts from the start of the call. */
  apply(event: CallEvent, startedMs: number): void {
    this.#followTransfer(event, startedMs);
    for (const moment of eventMoments(event, startedMs)) this.#view.note(moment.text, moment);
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
        return this.#view.note(t("The model's connection was lost; connecting again…"));
      case "modelReady":
        return event.again ? this.#view.note(t("The model is back.")) : undefined;
      case "notice": {
        const text = NOTICES[event.code];
        return text === undefined ? undefined : this.#view.note(text);
      }
    }
  }

  clear(): void {
    this.#back = undefined;
    this.#toolArguments.clear();
    this.#view.clear();
  }

  #followTransfer(event: CallEvent, atMs: number): void {
    if (event.type === "transfer") {
      this.#back = wasAway(event, event.step) ? backMoment(event, atMs) : undefined;
    } else if (this.#back !== undefined && isSpeechOfAgent(event, this.#back.atMs)) {
      this.#view.note(this.#back.text, this.#back);
      this.#back = undefined;
    }
  }
}

const NOTICES: Readonly<Record<string, string>> = {
  idle_prompt: t("After a long silence the agent asks."),
  time_warning: t("The call will end soon."),
  false_alarm: t("A short noise: the agent goes on."),
  playout_stalled: t("The caller's browser plays nothing: the agent waits."),
};

function isSpeechOfAgent(event: CallEvent, afterMs: number): boolean {
  if (event.type === "speaking") return event.who === "agent" && event.on;
  return event.type === "turn" && event.turn.role === "agent" && event.turn.startedMs >= afterMs;
}
