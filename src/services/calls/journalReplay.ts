import type { CallCommand } from "../../call/callCommand.ts";
import type { TranscriptTurn } from "../../call/callEvent.ts";
import { createReplay } from "../../call/replay.ts";
import { WorkSlices } from "../../utils/workSlices.ts";
import type { CallContent, CallRecord } from "../store.ts";
import { readJournalLine } from "./readJournal.ts";
import { firstDifference, type ReplayDifference } from "./replayDifference.ts";

export interface ReplayVerdict {
  /** Entries of the journal. */
  readonly entries: number;
  /** Absent where both are the same. */
  readonly difference?: ReplayDifference;
}

/**
 * Lives through the journal of a call again, which comes in parts of any length, and compares what is decided with the record: who began and ended
 * to speak when, what was cut off, which tools were called, and how the call ended. Lets others go first every
 * few milliseconds. Throws a `SyntaxError` for what is no journal, and the reason of `signal`.
 */
export async function replayJournal(
  journal: AsyncIterable<string>,
  recorded: {
    readonly call: Pick<CallRecord, "end">;
    readonly content: Pick<CallContent, "turns" | "tools">;
  },
  signal: AbortSignal,
): Promise<ReplayVerdict> {
  const slices = new WorkSlices();
  const turns = new Map<string, TranscriptTurn>();
  const tools = new Map<string, string>();
  const step = createReplay();
  let end: string | undefined;
  let entries = 0;
  let rest = "";
  for await (const part of journal) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) await live(line);
  }
  await live(rest);
  if (entries === 0) throw new SyntaxError("Cannot replay the journal: it is empty");
  const difference = firstDifference(recorded, { turns, tools, end });
  return { entries, ...(difference && { difference }) };

  async function live(line: string): Promise<void> {
    if (line.trim() === "") return;
    step(readJournalLine(line, ++entries)).commands.forEach(follow);
    await slices.pause();
    signal.throwIfAborted();
  }

  function follow(command: CallCommand): void {
    if (command.type !== "publish") return;
    const { event } = command;
    if (event.type === "turn") turns.set(event.turn.id, event.turn);
    else if (event.type === "toolStarted") tools.set(event.toolCallId, event.name);
    else if (event.type === "ended") end = event.end.reason;
  }
}
