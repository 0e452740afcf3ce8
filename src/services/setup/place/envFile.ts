/** One setting of the file `.env`. */
export interface EnvLine {
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
  readonly isEmpty: boolean;
  /** Of the last line of a value in quotes that goes over several. */
  readonly lastLine: number;
  /** A value without quotes, blanks and signs of which any stands for something else; may be a secret. */
  readonly plain?: string;
  /** Names behind `$`, which Deno replaces by values; absent where it leaves all of them, as in single quotes. */
  readonly references?: readonly EnvReference[];
}

/** What `$NAME` or `${NAME}` in a value stands for; the name may be empty. */
export interface EnvReference {
  readonly name: string;
  readonly inBraces: boolean;
}

/** What of `.env` can be judged without its values. */
export interface EnvFile {
  readonly lines: readonly EnvLine[];
  /** Lines that are neither a setting, a comment nor blank: they are passed over. */
  readonly unreadable: readonly number[];
  /** Whether all users of the machine may read or write it; undefined where the system has no such rights. */
  readonly isOpen: boolean | undefined;
  readonly modifiedAt: number | undefined;
}

/** How Deno, which reads the file as the server starts, gets on with it. */
export type EnvFileState =
  | { readonly state: "read"; readonly file: EnvFile }
  | { readonly state: "absent" }
  /** This process may not read it; Deno, before it, may. */
  | { readonly state: "barred" }
  /** Deno cannot read it either: no file, or one of somebody else. */
  | { readonly state: "unreadable" }
  /** One byte that is not UTF-8, and Deno passes over the whole file; from a NUL on, over the rest. */
  | { readonly state: "garbled"; readonly line: number; readonly is: "not_utf8" | "nul" };

/** Reads the file of settings in the working directory. Never rejects. */
export async function readEnvFile(path = ".env"): Promise<EnvFileState> {
  try {
    const { mode, mtime } = await Deno.stat(path);
    const bytes = await Deno.readFile(path);
    const garbled = garbledAt(bytes);
    if (garbled !== undefined) return { state: "garbled", ...garbled };
    return {
      state: "read",
      file: {
        ...parseEnvLines(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)),
        isOpen: mode === null ? undefined : (mode & 0o007) !== 0,
        modifiedAt: mtime?.getTime(),
      },
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { state: "absent" };
    return { state: error instanceof Deno.errors.NotCapable ? "barred" : "unreadable" };
  }
}

/** The first line that is no text. A NUL in a comment does no harm. */
function garbledAt(bytes: Uint8Array) {
  const text = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let line = 1; start <= bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const content = bytes.subarray(start, newline === -1 ? bytes.length : newline);
    try {
      if (/^(?!\s*#).*\0/.test(text.decode(content))) return { line, is: "nul" } as const;
    } catch {
      return { line, is: "not_utf8" } as const;
    }
    if (newline === -1) return undefined;
    start = newline + 1;
  }
  return undefined;
}

const NEWLINE = 0x0a;

/** The names in a file of settings, with their lines. A value in quotes may go over several lines. */
export function parseEnvLines(text: string): Pick<EnvFile, "lines" | "unreadable"> {
  const lines: EnvLine[] = [];
  const unreadable: number[] = [];
  const all = text.split(/\r?\n/);
  for (let at = 0; at < all.length; at++) {
    const content = all[at] ?? "";
    if (/^\s*(?:#|$)/.test(content)) continue;
    const [, name, value = ""] = SETTING.exec(content) ?? [];
    if (name === undefined) {
      unreadable.push(at + 1);
      continue;
    }
    const first = at;
    at = lastOf(value, all, at);
    const plain = /^[^\s"'#$\\`]+(?=\s*$)/.exec(value)?.[0];
    const references = referencesIn([value, ...all.slice(first + 1, at + 1)].join("\n"));
    lines.push({
      ...{ name, line: first + 1, lastLine: at + 1 },
      isEmpty: /^(?:""|'')?\s*(?:#.*)?$/.test(value),
      ...(plain !== undefined && { plain }),
      ...(references !== undefined && { references }),
    });
  }
  return { lines, unreadable };
}

/** What some editors put before the first line, Deno takes for a part of its name. */
const SETTING = /^[^\S\uFEFF]*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*)$/;

/** Where a value ends: another line than its own where a quote begins it and is closed only there. */
function lastOf(value: string, all: readonly string[], at: number): number {
  const quote = /^["']/.exec(value)?.[0];
  if (quote === undefined || value.slice(1).includes(quote)) return at;
  const end = all.findIndex((line, index) => index > at && line.includes(quote));
  return end === -1 ? at : end;
}

/** Not of single quotes, nor of a comment, nor behind a backslash. */
function referencesIn(value: string): readonly EnvReference[] | undefined {
  if (value.startsWith("'")) return undefined;
  const own = value.startsWith('"')
    ? /^"(?:\\[^]|[^"\\])*/.exec(value)?.[0] ?? ""
    : value.replace(/(?:^|\s)#.*$/, "");
  if (!own.includes("$")) return undefined;
  return [...own.matchAll(REFERENCE)].flatMap(([, braced, bare]) => {
    const name = braced ?? bare;
    return name === undefined ? [] : [{ name, inBraces: braced !== undefined }];
  });
}

/** What stands for something else in a value: an escaped sign first, which stands for itself. */
export const REFERENCE = /\\[^]|\$\{([^}]*)(?:\}|$)|\$(\w*)/g;
