import { createLineWriter, type LineWriter } from "./lineWriter.ts";
import { createLogger, type LogFormat, type Logger, type LogLevel } from "../logger.ts";
import type { Incidents } from "../incidents.ts";

/** The log of the process, on its standard output. */
interface ConsoleLog {
  readonly log: Logger;
  readonly lines: Pick<LineWriter, "dropped">;
  /** From now on a reader that does not read is an incident, until it reads again. */
  reportTo(incidents: Pick<Incidents, "report" | "resolve">): void;
  /** Settles when all is written that can be: a reader that does not read is not waited for. */
  close(): Promise<void>;
}

interface ConsoleLogOptions {
  readonly level: LogLevel;
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  readonly format: LogFormat | "auto";
}

/** How long `close` waits for the reader of the log. */
const FLUSH_MS = 1000;

/**
 * Creates the log, or wraps one that is written elsewhere. Writing never blocks: while nothing reads standard
 * output, as many lines wait as fit in memory, and further ones are dropped.
 */
export function openConsoleLog({ level, format }: ConsoleLogOptions, given?: Logger): ConsoleLog {
  if (given !== undefined) {
    return { log: given, lines: { dropped: 0 }, reportTo() {}, close: () => Promise.resolve() };
  }
  let incidents: Pick<Incidents, "report" | "resolve"> | undefined;
  const lines = createLineWriter({
    sink: (bytes) => Deno.stdout.write(bytes),
    onStalled: () =>
      incidents?.report({
        code: "log_stalled",
        message: "The log output is not read: lines are dropped.",
        expiresAfterMs: Infinity,
      }),
    onRecovered(dropped) {
      log.warn("Log lines dropped", { dropped });
      incidents?.resolve("log_stalled");
    },
  });
  const log = createLogger({
    level,
    format: format === "auto" ? (Deno.stdout.isTerminal() ? "pretty" : "json") : format,
    write: lines.write,
    now: Date.now,
  });
  return {
    log,
    lines,
    reportTo: (target) => void (incidents = target),
    close: () => lines.flush(FLUSH_MS),
  };
}
