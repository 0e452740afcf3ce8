import type { JournalEntry } from "../call/journal.ts";
import { replay, type ReplayStep } from "../call/replay.ts";
import type { CallCommand } from "../call/callCommand.ts";
import { readJournal } from "../services/calls.ts";

/** Runs a journal through the call machine and yields a line per input and per command. */
export function* describeReplay(journal: readonly JournalEntry[]): Generator<string> {
  let startedAt = 0;
  for (const step of replay(journal)) {
    const { at, entry } = step;
    // Each session has its own clock.
    if ("policy" in entry) startedAt = at - (entry.resumed?.elapsedMs ?? 0);
    yield `${((step.at - startedAt) / 1000).toFixed(3).padStart(9)}  ${cause(step)}`;
    for (const command of step.commands) yield `           -> ${effect(command)}`;
  }
}

function cause({ entry }: ReplayStep): string {
  if ("policy" in entry) {
    return `${entry.resumed === undefined ? "begin" : "resume"} ${JSON.stringify(entry.policy)}`;
  }
  if ("input" in entry) return named(entry.input);
  return `speech ${entry.speech.itemId} ${entry.durationMs.toFixed(0)} ms`;
}

function effect(command: CallCommand): string {
  switch (command.type) {
    case "play": {
      const { itemId, durationMs, mark } = command.piece;
      return `play ${itemId} ${durationMs.toFixed(0)} ms${mark === undefined ? "" : ` ${mark}`}`;
    }
    case "model":
      return `model ${named(command.request)}`;
    case "publish":
      return `publish ${named(command.event)}`;
    default:
      return named(command);
  }
}

function named({ type, ...rest }: { readonly type: string }): string {
  return Object.keys(rest).length === 0 ? type : `${type} ${JSON.stringify(rest)}`;
}

const USAGE = `Run a recorded call through the call machine again.

  deno task replay FILE    print what happened in the call, and what was done about it

The server writes a file for every call into the folder that JOURNAL_DIR names.`;

if (import.meta.main) {
  const [path] = Deno.args;
  if (path === undefined || path === "--help" || path === "-h") {
    console.log(USAGE);
    Deno.exit(path === undefined ? 2 : 0);
  }
  try {
    for (const line of describeReplay(readJournal(await Deno.readTextFile(path)))) {
      console.log(line);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) console.error(`There is no file ${path}`);
    else console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
