/// <reference lib="dom" />
import type { ServerMessage, TranscriptLine } from "../protocol/web.ts";
import { formatSpan } from "./words.ts";

type ToolMessage = Extract<ServerMessage, { type: "tool" }>;
type LatencyMessage = Extract<ServerMessage, { type: "latency" }>;

/** The conversation as it is shown, like the script of a play. */
export interface Script {
  show(line: TranscriptLine): void;
  showTool(tool: ToolMessage): void;
  /** Written beside its line, now or as soon as there is one. */
  showLatency(latency: LatencyMessage): void;
  note(text: string): void;
  empty(): void;
}

interface Shown {
  readonly position: number;
  readonly row: HTMLElement;
  readonly words: HTMLElement;
  readonly margin: HTMLElement;
}

export function createScript(list: HTMLElement): Script {
  const lines = new Map<string, Shown>();
  const tools = new Map<string, HTMLElement>();
  const latencies = new Map<string, LatencyMessage>();

  return {
    show(line) {
      keepInView(list, () => {
        const shown = lines.get(line.id) ?? add(line);
        shown.row.classList.toggle("interrupted", line.interrupted);
        shown.row.ariaBusy = String(!line.final);
        shown.words.textContent = line.text === "" ? "…" : line.text;
        if (line.interrupted) shown.words.append(" ", tag("cut off here"));
        else if (line.by === "text") shown.words.append(" ", tag("typed"));
        else if (line.by === "keypad") shown.words.append(" ", tag("keypad"));
      });
    },
    showTool(tool) {
      keepInView(list, () => {
        const row = tools.get(tool.id) ?? addTool(tool);
        row.className = `tool ${tool.state}`;
        const span = tool.state === "started" ? "…" : formatSpan(tool.durationMs);
        const outcome = tool.state === "failed" ? `failed after ${span}` : span;
        row.lastElementChild?.replaceChildren(element("code", "", tool.name), ` ${outcome}`);
      });
    },
    showLatency(latency) {
      latencies.set(latency.id, latency);
      const line = lines.get(latency.id);
      if (line !== undefined) time(line, latency);
    },
    note(text) {
      keepInView(list, () => list.append(element("li", "note", text)));
    },
    empty() {
      lines.clear();
      tools.clear();
      latencies.clear();
      list.replaceChildren();
    },
  };

  function add(line: TranscriptLine): Shown {
    const name = element("span", "name", line.role === "caller" ? "You" : "Agent");
    const words = element("p", "words");
    const margin = element("span", "margin");
    const row = element("li", `line ${line.role}`);
    row.append(name, words, margin);
    const shown: Shown = { position: line.position, row, words, margin };
    const next = [...lines.values()]
      .filter(({ position }) => position > line.position)
      .sort((a, b) => a.position - b.position)[0];
    list.insertBefore(row, next?.row ?? null);
    lines.set(line.id, shown);
    const latency = latencies.get(line.id);
    if (latency !== undefined) time(shown, latency);
    return shown;
  }

  function addTool(tool: ToolMessage): HTMLElement {
    const row = element("li", "tool");
    row.append(element("span", "name", "uses"), element("p", "words"));
    list.append(row);
    tools.set(tool.id, row);
    return row;
  }
}

function time({ margin }: Shown, latency: LatencyMessage): void {
  const { totalMs, responseMs, firstAudioMs, firstHeardMs } = latency;
  const heard = firstHeardMs === undefined ? "" : `, until heard ${formatSpan(firstHeardMs)}`;
  margin.textContent = formatSpan(totalMs);
  margin.title = `From your last word to the agent's first. Response ${
    formatSpan(responseMs)
  }, first audio ${formatSpan(firstAudioMs)}${heard}.`;
}

function tag(text: string): HTMLElement {
  return element("span", "tag", text);
}

function element(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.textContent = text;
  return made;
}

/** Follows the end of the conversation, unless the reader has scrolled back. */
function keepInView(list: HTMLElement, change: () => void): void {
  const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  change();
  if (follows) list.scrollTop = list.scrollHeight;
}
