import type { Screen } from "../../../src/scenarios/report/terminal/liveStatus.ts";
import { plain } from "../../../src/scenarios/report/terminal/paint.ts";

/** What is not a terminal: each line that is printed is added. */
export function printedScreen(lines: string[]): Screen {
  return {
    write: (text) => void lines.push(text.replace(/\n$/, "")),
    isTerminal: false,
    columns: () => 80,
    paint: plain,
  };
}
