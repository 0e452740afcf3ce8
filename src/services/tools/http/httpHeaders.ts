import type { ReadToolVariable } from "../../../config/toolVariables.ts";
import { DOTS } from "../redaction.ts";
import { isCallHeader } from "./callSigner.ts";
import { parsePlaceholders } from "./placeholders.ts";

/** The headers that an operator gives every request of a tool. */
export interface ToolHeaders {
  readonly values: Readonly<Record<string, string>>;
  /** As an operator may see them. */
  readonly shown: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** The fault lies in the headers of a tool, and not in its other fields. */
export class HeaderFault extends TypeError {
  override readonly name = "HeaderFault";
}

/** Throws for a header that is none, or that only the server may set. */
export function readHeaders(
  given: Readonly<Record<string, string>>,
  readVariable: ReadToolVariable,
): ToolHeaders {
  const values: Record<string, string> = {};
  const shown: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, template] of Object.entries(given)) {
    if (isCallHeader(name)) throw new TypeError(`${name} is set by the server alone`);
    if (RESERVED.has(name.toLowerCase())) throw new TypeError(`${name} follows from the request`);
    const parts = parsePlaceholders(template, readVariable);
    const argument = parts.find(({ kind }) => kind === "argument");
    if (argument !== undefined) {
      throw new TypeError(`the header ${name} may have {{env.NAME}}, and no arguments`);
    }
    const value = parts.map((part) =>
      part.kind === "text" ? part.text : part.kind === "variable" ? part.value : ""
    ).join("");
    try {
      new Headers([[name, value]]);
    } catch {
      throw new TypeError(`${name.slice(0, 80)} is no header`);
    }
    values[name] = value;
    const hasVariable = parts.some(({ kind }) => kind === "variable");
    secrets.push(...parts.flatMap((part) => part.kind === "variable" ? [part.value] : []));
    if (!hasVariable && !HARMLESS.has(name.toLowerCase())) secrets.push(value.replace(SCHEME, ""));
    shown[name] = hasVariable
      ? parts.map((part) => part.kind === "text" ? part.text : DOTS).join("")
      : HARMLESS.has(name.toLowerCase())
      ? value
      : (SCHEME.exec(value)?.[0] ?? "") + DOTS;
  }
  return { values, shown, secrets };
}

const RESERVED = new Set([
  ...["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"],
  ...["idempotency-key"],
]);

/** Their values are shown; those of all others may be secrets. */
const HARMLESS = new Set([
  ...["accept", "accept-language", "content-type", "user-agent", "cache-control", "prefer"],
]);

const SCHEME = /^(?:Bearer|Basic|Token|ApiKey)\s+/i;
