import type { ReadToolVariable } from "../../../config/toolVariables.ts";
import { isLoopback } from "../../../utils/http/loopback.ts";
import { DOTS } from "../redaction.ts";
import { type ToolArguments, ToolError } from "../tool.ts";
import { parsePlaceholders, type TemplatePart } from "./placeholders.ts";

/** A URL with arguments of the model and variables of the environment in its path and query. */
export interface UrlTemplate {
  /** Arguments in the path, each of which has to be given, and in the query. */
  readonly pathArguments: ReadonlySet<string>;
  readonly queryArguments: ReadonlySet<string>;
  /** Names in the query that the operator has set. */
  readonly queryNames: readonly string[];
  readonly secrets: readonly string[];
  /**
   * The URL with the values of arguments, which change neither its host nor how many parts its path has;
   * throws a `ToolError` for those that would.
   */
  fill(args: ToolArguments): URL;
  /** The URL as an operator may see it: variables are dots. Without arguments, their names stand there. */
  show(args?: ToolArguments): string;
}

/** Throws for what is no https URL (http on this machine), or has placeholders or a password before its path. */
export function parseUrlTemplate(template: string, readVariable: ReadToolVariable): UrlTemplate {
  const [, start = "", path = "", query = ""] =
    /^([a-z]+:\/\/[^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(template) ?? [];
  if (start.includes("{{")) throw new TypeError("{{...}} may stand in its path and query only");
  checkOrigin(`${start}${path}`.replaceAll(/\{\{.*?\}\}/g, "x"));
  const segments = path.split("/").slice(1).map((each) => parsePlaceholders(each, readVariable));
  const queryParts = parsePlaceholders(query, readVariable);
  const parts = [...segments.flat(), ...queryParts];
  const origin = new URL(start).origin;

  return {
    pathArguments: argumentsOf(segments.flat()),
    queryArguments: argumentsOf(queryParts),
    queryNames: [...new URLSearchParams(query).keys()],
    secrets: parts.flatMap((part) =>
      part.kind === "variable" ? [part.value, encodeURIComponent(part.value)] : []
    ),
    fill(args) {
      const filledPath = segments.map((segment) => filledSegment(segment, args));
      const url = new URL(
        [start, ...filledPath].join("/") + (query === "" ? "" : `?${textOf(queryParts, args)}`),
      );
      if (
        url.origin !== origin || url.pathname.split("/").length !== Math.max(2, segments.length + 1)
      ) {
        throw unfit("The arguments do not fit into the address of the service.");
      }
      return url;
    },
    show: (args) =>
      [start, ...segments.map((segment) => textOf(segment, args, true))].join("/") +
      (query === "" ? "" : `?${textOf(queryParts, args, true)}`),
  };
}

function checkOrigin(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === "https:" ||
    (url?.protocol === "http:" && isLoopback(url.hostname));
  if (!isSecure) throw new TypeError("its url must be https, or http on localhost");
  // It would be shown with the URL.
  if (url?.username !== "" || url.password !== "") {
    throw new TypeError("its url must have no name and password: use the header Authorization");
  }
}

function argumentsOf(parts: readonly TemplatePart[]): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => part.kind === "argument" ? [part.name] : []));
}

/** A value that is empty, or dots, or has a slash would make another path of it, for some servers. */
function filledSegment(parts: readonly TemplatePart[], args: ToolArguments): string {
  for (const part of parts) {
    if (part.kind !== "argument") continue;
    const value = args[part.name];
    const text = typeof value === "object" ? "" : String(value ?? "");
    if (!isOnePart(text) || !isOnePart(asSomeRead(text))) {
      throw unfit(`The arguments do not fit: "${part.name}" must be given, and have no / in it.`);
    }
  }
  const filled = textOf(parts, args);
  const isGiven = parts.some(({ kind }) => kind === "argument");
  if (isGiven && /^(?:\.|%2e){1,2}$/i.test(filled)) {
    throw unfit("The arguments do not fit: . and .. are not allowed.");
  }
  return filled;
}

function isOnePart(text: string): boolean {
  return /^[^/\\\p{Cc}]+$/u.test(text) && !/^\s*\.{0,2}\s*$/.test(text);
}

/** Some servers decode a path twice, and take letters of other widths for the plain ones. */
function asSomeRead(text: string): string {
  const decoded = text.replace(
    /%([2-7][0-9a-f])/gi,
    (_, code: string) => String.fromCharCode(parseInt(code, 16)),
  );
  return decoded.normalize("NFKC");
}

function textOf(
  parts: readonly TemplatePart[],
  args: ToolArguments | undefined,
  hidesVariables = false,
): string {
  return parts.map((part) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "variable":
        return hidesVariables ? DOTS : encodeURIComponent(part.value);
      case "argument":
        return args === undefined
          ? `{{${part.name}}}`
          : encodeURIComponent(queryText(args[part.name]));
    }
  }).join("");
}

/** A value as a query has it: text as it is, anything else as JSON; nothing for null. */
export function queryText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return (typeof value === "string" ? value : JSON.stringify(value)).toWellFormed();
}

function unfit(message: string): ToolError {
  return new ToolError("invalid_arguments", message);
}
