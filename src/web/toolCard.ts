/// <reference lib="dom" />
import type { ServerMessage } from "../protocol/web.ts";
import { element } from "./elements.ts";
import { formatSpan } from "./formats.ts";
import { t } from "./text.ts";
import { readableOutput } from "./toolOutput.ts";

/** A tool use, as the page is told of it. */
export type ToolMessage = Extract<ServerMessage, { type: "tool" }> & {
  readonly startedMs?: number;
  /** Arguments and output, where they may be shown. */
  readonly content?: { readonly arguments: string; readonly output?: string };
};

interface ToolCardOptions {
  readonly isOpen: boolean;
  /** In the place of arguments and result that are not known, and may be once the card is opened. */
  readonly instead?: string | undefined;
  readonly onOpened?: (() => void) | undefined;
}

/** Name, state and duration of a tool use; folded under them its arguments and its result, where they are known. */
export function toolCard(
  tool: ToolMessage,
  { isOpen, instead, onOpened }: ToolCardOptions,
): readonly (Node | string)[] {
  const head = [element("code", { textContent: tool.name }), ` ${outcomeOf(tool)}`];
  const { content } = tool;
  if (content === undefined && instead === undefined) return head;
  const parts = content === undefined
    ? [element("p", { className: "tool-part", textContent: instead ?? "" })]
    : [
      ...part(t("Arguments"), pretty(content.arguments)),
      ...(content.output === undefined
        ? []
        : part(t("Result"), pretty(readableOutput(content.output)))),
    ];
  const card = element("details", { open: isOpen }, [element("summary", {}, head), ...parts]);
  card.ontoggle = () => {
    if (card.open) onOpened?.();
  };
  return [card];
}

function outcomeOf(tool: ToolMessage): string {
  const span = tool.state === "started" ? "…" : formatSpan(tool.durationMs);
  if (tool.state === "failed") return t("failed after {span}", { span });
  return tool.state === "waits" ? t("waits for the caller") : span;
}

function part(name: string, text: string): readonly Node[] {
  return [
    element("p", { className: "tool-part", textContent: name }),
    element("pre", { textContent: text, tabIndex: 0 }),
  ];
}

/** JSON with one member a line; any other text as it is. */
function pretty(text: string): string {
  if (text.length > MAX_CHARS) return `${text.slice(0, MAX_CHARS)} …`;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}

const MAX_CHARS = 20_000;
