import { terminalText } from "../terminalText.ts";
import type { Loggable } from "./loggable.ts";

/** One record, its fields already bounded and redacted. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, Loggable>>;
}

/** Formats a record for a person at a terminal; stacks follow on indented lines. */
export function formatPretty({ timeMs, level, message, fields }: LogRecord): string {
  const time = new Date(timeMs).toISOString().slice(11, 23);
  let line = `${time} ${level.toUpperCase().padEnd(5)} ${dotted(message)}`;
  let stacks = "";
  for (const [name, value] of Object.entries(fields)) {
    const { text, stack } = describe(value);
    line += ` ${dotted(name)}=${text}`;
    stacks += stack;
  }
  return line + stacks;
}

function describe(value: Loggable): { text: string; stack: string } {
  if (typeof value !== "object" || value === null || !("stack" in value)) {
    return { text: quoted(value), stack: "" };
  }
  const { stack, ...others } = value;
  const frames = typeof stack === "string" ? stack.split("\n") : [];
  return {
    text: quoted(others),
    stack: frames.map((frame) => `\n    ${dotted(frame)}`).join(""),
  };
}

/** Unquoted where it cannot be mistaken for another field, else JSON. */
function quoted(value: Loggable): string {
  return typeof value === "string" && /^[\w.:/@+…[\]-]+$/.test(value)
    ? value
    : dotted(JSON.stringify(value));
}

function dotted(text: string): string {
  return terminalText(text, { by: "·" });
}
