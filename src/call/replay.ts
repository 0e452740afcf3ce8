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
  let machine: CallMachine | undefined;
  for (const entry of journal) {
    const { at } = entry;
    if ("policy" in entry) {
      machine = new CallMachine(entry.policy, at, entry.resumed);
      yield { at, entry, commands: machine.begin() };
    } else if (machine === undefined) {
      throw new SyntaxError("Cannot replay the journal: it does not begin with the call's policy");
    } else if ("input" in entry) {
      yield { at, entry, commands: machine.handle(entry.input, at) };
    } else {
      yield { at, entry, commands: machine.speech(entry.speech, "", entry.durationMs, at) };
    }
  }
}
