import { isAlias, isMap, isScalar, parseDocument, visit } from "yaml";

/** The fields between the two lines of `---`, and the text below them. */
type FrontMatter =
  | { readonly ok: true; readonly fields: unknown; readonly body: string }
  | { readonly ok: false; readonly problem: string };

/** Splits a Markdown file and parses its front matter. The caller bounds the text's length. */
export function readFrontMatter(text: string): FrontMatter {
  const [, head, body = ""] =
    /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(text) ?? [];
  if (head === undefined) {
    return refused("must begin with front matter between two lines of ---.");
  }
  if ((head.match(/[:,[\]{}&*!?#\n\t]/g)?.length ?? 0) > MAX_MARKS) {
    return refused(`the front matter has more than ${MAX_MARKS} lines and marks such as : and ,.`);
  }
  if (nestingOf(head) > MAX_NESTING) {
    return refused(`the front matter is nested deeper than ${MAX_NESTING} levels.`);
  }
  try {
    return parsed(head, body);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : "unknown");
  }
}

const MAX_NESTING = 80;
/** Bounds the parser's time; a schema of 32 KB has fewer. */
const MAX_MARKS = 10_000;

function parsed(head: string, body: string): FrontMatter {
  // The parser's own check for repeated keys is quadratic.
  const document = parseDocument(head, {
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const [error] = document.errors;
  if (error !== undefined) {
    // Line 1 of the file is ---.
    const line = head.slice(0, error.pos[0]).split("\n").length + 1;
    return invalid(`line ${line}: ${error.message}`);
  }
  let problem: string | undefined;
  visit(document, (_key, node) => {
    if (isAlias(node)) problem = `*${node.source} is a YAML alias: write its value out.`;
    if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key)) problem = "the front matter has a name that is not plain text.";
        else if (seen.has(String(key.value))) {
          problem = `${shortened(key.value)}: is given twice.`;
        } else seen.add(String(key.value));
        if (problem !== undefined) break;
      }
    }
    return problem === undefined ? undefined : visit.BREAK;
  });
  if (problem !== undefined) return refused(problem);
  return { ok: true, fields: document.toJS({ maxAliasCount: 0 }) ?? {}, body };
}

/** An upper bound of the nesting, by brackets or indentation: the parser recurses into it. */
function nestingOf(head: string): number {
  let open = 0;
  let deepest = 0;
  for (const line of head.split("\n")) {
    const indent = (line.length - line.trimStart().length) + (line.match(/(?:- )/g)?.length ?? 0);
    deepest = Math.max(deepest, indent / 2);
    for (const character of line) {
      if (character === "[" || character === "{") deepest = Math.max(deepest, ++open);
      else if (character === "]" || character === "}") open = Math.max(0, open - 1);
    }
  }
  return deepest;
}

function invalid(message: string): FrontMatter {
  const [reason = ""] = message.split("\n");
  return refused(`the front matter is not valid YAML: ${shortened(reason, 200)}`);
}

function refused(problem: string): FrontMatter {
  return { ok: false, problem };
}

function shortened(value: unknown, length = 60): string {
  return String(value).slice(0, length);
}
