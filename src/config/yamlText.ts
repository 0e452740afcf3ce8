import { isAlias, isCollection, isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { AgentProblem } from "./agentProblem.ts";

/** What a YAML text holds, or why it is refused. */
export type YamlText =
  | {
    readonly ok: true;
    readonly fields: unknown;
    /** The line of a field such as `transfers.sales.number`, else of what it would be in. */
    readonly lineOf: (path: string) => number | undefined;
  }
  | { readonly ok: false; readonly problem: AgentProblem };

const MAX_NESTING = 80;
/** Bounds the parser's time; a schema of 32 KB has fewer. */
const MAX_MARKS = 10_000;

/**
 * Parses YAML without aliases and repeated names. The caller bounds the text's length; `name` stands for the
 * text in sentences, `firstLine` is the number of its first line in the file.
 */
export function readYaml(
  text: string,
  { name, firstLine = 1 }: { readonly name: string; readonly firstLine?: number },
): YamlText {
  if ((text.match(/[:,[\]{}&*!?#\n\t]/g)?.length ?? 0) > MAX_MARKS) {
    return refused(`${name} has more than ${MAX_MARKS} lines and marks such as : and ,`);
  }
  if (nestingOf(text) > MAX_NESTING) {
    return refused(`${name} is nested deeper than ${MAX_NESTING} levels`);
  }
  try {
    return parsed(text, { name, firstLine });
  } catch (error) {
    return invalid(name, error instanceof Error ? error.message : "unknown");
  }
}

function parsed(
  text: string,
  { name, firstLine }: { readonly name: string; readonly firstLine: number },
): YamlText {
  const lines = new LineCounter();
  // The parser's own check for repeated keys is quadratic.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const [error] = document.errors;
  if (error !== undefined) {
    return invalid(name, error.message, fileLine(error.pos[0]));
  }
  let problem: AgentProblem | undefined;
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      problem = { message: `*${node.source} is a YAML alias: write its value out`, ...at(node) };
    }
    if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key)) {
          problem = { message: `${name} has a name that is not plain text`, ...at(node) };
        } else if (seen.has(String(key.value))) {
          problem = { path: shortened(key.value), message: "is given twice", ...at(key) };
        } else seen.add(String(key.value));
        if (problem !== undefined) break;
      }
    }
    return problem === undefined ? undefined : visit.BREAK;
  });
  if (problem !== undefined) return { ok: false, problem };
  return { ok: true, fields: document.toJS({ maxAliasCount: 0 }) ?? {}, lineOf };

  function fileLine(position: number): number {
    return lines.linePos(position).line - 1 + firstLine;
  }

  function at(node: { readonly range?: readonly number[] | null | undefined }) {
    const position = node.range?.[0];
    return position === undefined ? {} : { line: fileLine(position) };
  }

  function lineOf(path: string): number | undefined {
    let node: unknown = document.contents;
    let line = 1;
    for (const name of path.split(".")) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
        if (pair === undefined) break;
        const { key } = pair;
        if (isScalar(key)) line = at(key).line ?? line;
        node = pair.value;
      } else if (isCollection(node)) {
        node = node.get(Number(name), true);
        if (isScalar(node) || isCollection(node)) line = at(node).line ?? line;
      } else break;
    }
    return line;
  }
}

/** An upper bound of the nesting, by brackets or indentation: the parser recurses into it. */
function nestingOf(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const line of text.split("\n")) {
    const indent = (line.length - line.trimStart().length) + (line.match(/(?:- )/g)?.length ?? 0);
    deepest = Math.max(deepest, indent / 2);
    for (const character of line) {
      if (character === "[" || character === "{") deepest = Math.max(deepest, ++open);
      else if (character === "]" || character === "}") open = Math.max(0, open - 1);
    }
  }
  return deepest;
}

function invalid(name: string, reason: string, line?: number): YamlText {
  const [first = ""] = reason.split("\n");
  const message = `${name} is not valid YAML: ${shortened(first, 200)}`;
  return { ok: false, problem: { message, ...(line !== undefined && { line }) } };
}

function refused(message: string): YamlText {
  return { ok: false, problem: { message } };
}

function shortened(value: unknown, length = 60): string {
  return String(value).slice(0, length);
}
