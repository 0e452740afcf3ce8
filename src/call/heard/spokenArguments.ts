import type { TranscriptEntry } from "../transcript/transcriptEntry.ts";
import { isRecord } from "../../utils/isRecord.ts";

type Arguments = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;

/**
 * The arguments with ids as the caller knows them: where a tool's result named an id beside the words for it
 * (`{"slot": "s_7f3a...", "spoken": "tomorrow at ten"}`), the words take its place. The first result counts:
 * nothing that comes later can give an id another meaning. Only the arguments named in `ids` are such: any
 * other could be an account or a number, for which what the agent has read somewhere has other words.
 */
export function spokenArguments(
  args: Arguments,
  entries: Iterable<TranscriptEntry>,
  ids: readonly string[] = [],
): Arguments {
  const wanted = new Set(
    ids.map((name) => args[name]).filter((value) => typeof value === "string"),
  );
  if (wanted.size === 0) return args;
  const spoken = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind !== "tool" || entry.output === undefined) continue;
    // Most results have none, and reading them all would take time in long calls.
    if (!entry.output.includes('"spoken"')) continue;
    collect(parsed(entry.output), 0, (id, words) => {
      if (wanted.has(id) && !spoken.has(id)) spoken.set(id, words);
    });
  }
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" && ids.includes(name) ? spoken.get(value) ?? value : value,
    ]),
  );
}

function collect(value: unknown, depth: number, found: (id: string, words: string) => void): void {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, MAX_ITEMS)) collect(item, depth + 1, found);
  } else if (isRecord(value)) {
    const { spoken } = value;
    for (const member of Object.values(value)) {
      if (typeof member !== "string") collect(member, depth + 1, found);
      else if (typeof spoken === "string" && isId(member)) found(member, spoken);
    }
  }
}

/** No word that a caller would be asked about. */
function isId(text: string): boolean {
  return /^[\w-]{8,100}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
