import type { CallCommand } from "./callCommand.ts";
import type { JournalEntry } from "./journal.ts";
import { CallMachine } from "./callMachine.ts";
import type { Milliseconds } from "./types.ts";

/** One entry of a journal, and what the call did because of it. */
export interface ReplayStep {
  readonly at: Milliseconds;
  readonly entry: JournalEntry;
  readonly commands: readonly CallCommand[];
}

/** Lives through a recorded call again, with silent audio of the same length. */
export function* replay(journal: Iterable<JournalEntry>): Generator<ReplayStep> {
  const step = createReplay();
  for (const entry of journal) yield step(entry);
}

/** The same, entry by entry. */
export function createReplay(): (entry: JournalEntry) => ReplayStep {
  let machine: CallMachine | undefined;
  return function step(entry) {
    const { at } = entry;
    if ("policy" in entry) {
      machine = new CallMachine(entry.policy, at, entry.resumed);
      return { at, entry, commands: machine.begin() };
    }
    if (machine === undefined) {
      throw new SyntaxError("Cannot replay the journal: it does not begin with the call's policy");
    }
    const commands = "input" in entry
      ? machine.handle(entry.input, at)
      : machine.speech(entry.speech, "", entry.durationMs, at);
    return { at, entry, commands };
  };
}
