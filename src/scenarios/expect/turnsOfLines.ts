import type { RecordedTurn } from "../callEvidence.ts";
import { plainWords } from "../ear/findWords.ts";
import type { HeardLine } from "../ear/heardLines.ts";

/**
 * Which of the agent's turns on record each line is: the one with its id, else the first left whose words it begins
 * with, as a sentence that was kept from another call has another id there.
 */
export function turnsOfLines(
  lines: readonly HeardLine[],
  turns: readonly RecordedTurn[],
): ReadonlyMap<HeardLine, RecordedTurn> {
  const found = new Map<HeardLine, RecordedTurn>();
  for (const line of lines) {
    const turn = turns.find(({ id }) => id === line.itemId);
    if (turn !== undefined) found.set(line, turn);
  }
  const left = new Set(
    turns.filter((turn) => turn.role === "agent" && ![...found.values()].includes(turn)),
  );
  for (const line of lines) {
    if (found.has(line) || line.itemId === undefined) continue;
    const heard = plainWords(line.words.map(({ text }) => text).join(" "));
    const turn = [...left].find(({ text }) => {
      const told = plainWords(text);
      return told.length > 0 && told.every((word, index) => word === heard[index]);
    });
    if (turn === undefined) continue;
    found.set(line, turn);
    left.delete(turn);
  }
  return found;
}
