import { isRecord } from "../../utils/isRecord.ts";

/**
 * Adds a text to an array in the text of a JSON file, where it is not there yet, and leaves all else as it is,
 * comments too. `path` are the names that lead to the array. Throws where there is none, and where another file than
 * the same with one more text would come of it.
 */
export function addToJsonArray(text: string, path: readonly string[], entry: string): string {
  const start = arrayAt(text, path);
  if (start === undefined) throw new Error(`there is no ${path.join(".")} that lists anything`);
  if (readJsonArray(text, path)?.includes(entry) === true) return text;
  const range = { start, end: closing(text, start) };
  const after = withEntry(text, range, JSON.stringify(entry));
  if (isSameBut(text, after, path, entry)) return after;
  throw new Error(`the file is written in a way that is not understood: add "${entry}" by hand`);
}

function withEntry(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  added: string,
): string {
  const last = lastValueEnd(text, start, end);
  if (last === start + 1) return `${text.slice(0, last)}${added}${text.slice(last)}`;
  const indent = /\n([ \t]*)\S[^\n]*$/.exec(text.slice(start, last))?.[1];
  const separator = indent === undefined ? ", " : `,\n${indent}`;
  return `${text.slice(0, last)}${separator}${added}${text.slice(last)}`;
}

/** Whether a file is as before, with one more text at the end of that array. */
function isSameBut(
  before: string,
  after: string,
  path: readonly string[],
  entry: string,
): boolean {
  try {
    const expected: unknown = parsed(before);
    const list = path.reduce<unknown>((at, name) => isRecord(at) ? at[name] : undefined, expected);
    if (!Array.isArray(list)) return false;
    list.push(entry);
    return JSON.stringify(expected) === JSON.stringify(parsed(after));
  } catch {
    return false;
  }
}

/** The value of a text with comments and commas that trail. Throws where Deno would not read it. */
function parsed(text: string): unknown {
  const bare = text.replace(/^\uFEFF/, "")
    .replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (it) => it[0] === '"' ? it : " ")
    .replace(/"(?:\\.|[^"\\])*"|,(?=\s*[\]}])/g, (it) => it === "," ? "" : it);
  return JSON.parse(bare);
}

/** The texts in such an array; undefined where there is none. Throws where the file is not complete. */
export function readJsonArray(
  text: string,
  path: readonly string[],
): readonly string[] | undefined {
  const start = arrayAt(text, path);
  if (start === undefined) return undefined;
  const texts: string[] = [];
  for (let at = skip(text, start + 1); at < text.length && text[at] !== "]";) {
    const end = valueEnd(text, at);
    if (text[at] === '"') texts.push(String(JSON.parse(text.slice(at, end))));
    at = skip(text, end);
    if (text[at] === ",") at = skip(text, at + 1);
  }
  return texts;
}

/** Where the array's bracket is, by walking through the objects that are named. */
function arrayAt(text: string, path: readonly string[]): number | undefined {
  let at = skip(text, 0);
  for (const name of path) {
    if (text[at] !== "{") return undefined;
    const value = valueOf(text, at, name);
    if (value === undefined) return undefined;
    at = value;
  }
  return text[at] === "[" ? at : undefined;
}

/** Where the value of a name begins, in the object that begins at `start`. */
function valueOf(text: string, start: number, name: string): number | undefined {
  let at = skip(text, start + 1);
  while (at < text.length && text[at] !== "}") {
    const keyEnd = valueEnd(text, at);
    const key = text.slice(at, keyEnd);
    const value = skip(text, skip(text, keyEnd) + 1);
    if (key === JSON.stringify(name)) return value;
    at = skip(text, valueEnd(text, value));
    if (text[at] === ",") at = skip(text, at + 1);
  }
  return undefined;
}

/** The end of the last value between the brackets, before comments and a comma that trails. */
function lastValueEnd(text: string, start: number, end: number): number {
  let last = start + 1;
  let at = skip(text, start + 1);
  while (at < end) {
    last = valueEnd(text, at);
    at = skip(text, last);
    if (text[at] === ",") at = skip(text, at + 1);
  }
  return last;
}

function closing(text: string, start: number): number {
  return valueEnd(text, start) - 1;
}

/** The end of the value that begins at `start`. */
function valueEnd(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  if (text[start] !== "{" && text[start] !== "[") {
    const length = /^[^\s,\]}/]+/.exec(text.slice(start))?.[0].length ?? 1;
    return start + length;
  }
  let depth = 0;
  for (let at = start; at < text.length;) {
    const sign = text[at];
    if (sign === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (sign === "{" || sign === "[") depth++;
    if (sign === "}" || sign === "]") depth--;
    at++;
    if (depth === 0) return at;
    at = skip(text, at);
  }
  throw new Error("it is not complete");
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  throw new Error("it is not complete");
}

/** Past blanks and comments. */
function skip(text: string, start: number): number {
  const passed = /^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/.exec(text.slice(start))?.[0].length ?? 0;
  return start + passed;
}
