import type { Screen } from "../../scenarios/report/terminal/liveStatus.ts";
import { coloured, plain } from "../../scenarios/report/terminal/paint.ts";

/** The process's own output. Colours are for people who look on, and do not mind them. */
export function ownScreen(): Screen {
  const isTerminal = Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb";
  const encoder = new TextEncoder();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    },
    isTerminal,
    // A terminal that does not know its size says 0.
    columns: () => Deno.consoleSize().columns || 80,
    paint: isTerminal && !Deno.noColor ? coloured : plain,
  };
}
