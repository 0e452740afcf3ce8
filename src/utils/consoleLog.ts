import { createLineWriter, type LineWriter } from "./lineWriter.ts";
import { createLogger, type LogFormat, type Logger, type LogLevel } from "./logger.ts";
import type { Incidents } from "./incidents.ts";

/** The log of the process, on its standard output. */
export interface ConsoleLog {
  readonly log: Logger;
  readonly lines: Pick<LineWriter, "dropped">;
  /** Settles when all is written that can be: a reader that does not read is not waited for. */
  close(): Promise<void>;
}

/** A log that is written elsewhere. */
export function givenConsoleLog(log: Logger): ConsoleLog {
  return { log, lines: { dropped: 0 }, close: () => Promise.resolve() };
}

/** How long a stop waits for whoever reads the log. */
const FLUSH_MS = 1000;

/**
 * Creates the log. Lines are written beside everything else: where nobody reads them, as many as fit wait,
 * further ones are dropped, and an incident stands until the reader is back.
 */
export function createConsoleLog(
  { level, format }: { readonly level: LogLevel; readonly format: LogFormat | "auto" },
  incidents: () => Pick<Incidents, "report" | "resolve"> | undefined,
): ConsoleLog {
  const lines = createLineWriter({
    sink: (bytes) => Deno.stdout.write(bytes),
    onStalled: () =>
      incidents()?.report({
        code: "log_stalled",
        message: "Nobody reads the log: lines are dropped.",
        expiresAfterMs: Infinity,
      }),
    onRecovered(dropped) {
      log.warn("Log lines dropped", { dropped });
      incidents()?.resolve("log_stalled");
    },
  });
  const log = createLogger({
    level,
    format: format === "auto" ? (Deno.stdout.isTerminal() ? "pretty" : "json") : format,
    write: lines.write,
    now: Date.now,
  });
  return { log, lines, close: () => lines.flush(FLUSH_MS) };
}
