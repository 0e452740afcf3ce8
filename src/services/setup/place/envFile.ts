/** One setting of the file `.env`. */
export interface EnvLine {
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
  readonly isEmpty: boolean;
  /** A value without quotes, blanks and signs of which any stands for something else; may be a secret. */
  readonly plain?: string;
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

/** Absent where there is none; `barred` where this process may not read it. */
export type EnvFileState =
  | { readonly state: "read"; readonly file: EnvFile }
  | { readonly state: "absent" }
  | { readonly state: "barred" };

/** Reads the file of settings in the working directory. Never rejects. */
export async function readEnvFile(path = ".env"): Promise<EnvFileState> {
  try {
    const { mode, mtime } = await Deno.stat(path);
    const text = await Deno.readTextFile(path);
    return {
      state: "read",
      file: {
        ...parseEnvLines(text),
        isOpen: mode === null ? undefined : (mode & 0o007) !== 0,
        modifiedAt: mtime?.getTime(),
      },
    };
  } catch (error) {
    return { state: error instanceof Deno.errors.NotFound ? "absent" : "barred" };
  }
}

/** The names in a file of settings, with their lines. A value in quotes may go over several lines. */
export function parseEnvLines(text: string): Pick<EnvFile, "lines" | "unreadable"> {
  const lines: EnvLine[] = [];
  const unreadable: number[] = [];
  let open: string | undefined;
  for (const [at, content] of text.split(/\r?\n/).entries()) {
    if (open !== undefined) {
      if (content.includes(open)) open = undefined;
      continue;
    }
    if (/^\s*(?:#|$)/.test(content)) continue;
    const [, name, value = ""] = SETTING.exec(content) ?? [];
    if (name === undefined) {
      unreadable.push(at + 1);
      continue;
    }
    const plain = /^[^\s"'#$\\`]+(?=\s*$)/.exec(value)?.[0];
    lines.push({
      ...{ name, line: at + 1, isEmpty: /^(?:""|'')?\s*(?:#.*)?$/.test(value) },
      ...(plain !== undefined && { plain }),
    });
    open = openQuote(value, text.split(/\r?\n/).slice(at + 1));
  }
  return { lines, unreadable };
}

const SETTING = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*)$/;

/** The quote that begins a value and is closed in a later line only. */
function openQuote(value: string, rest: readonly string[]): string | undefined {
  const quote = /^["']/.exec(value)?.[0];
  if (quote === undefined || value.slice(1).includes(quote)) return undefined;
  return rest.some((line) => line.includes(quote)) ? quote : undefined;
}
