import { formatPretty, type LogRecord } from "./logging/prettyFormat.ts";
import { type Loggable, toLoggable } from "./logging/loggable.ts";
import { maskText } from "./logging/redaction.ts";

/** The least severe level that is logged. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** One JSON record per line for machines, or a line for a terminal. */
export type LogFormat = "json" | "pretty";

/**
 * The variable parts of a record. Fields with a private name are redacted (see `isSensitive`), and
 * what looks like a secret or a phone number is masked in any text.
 */
type LogFields = Readonly<Record<string, unknown>>;

/** Writes records: a constant sentence and the fields that vary. Never throws. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every record. */
  child(context: LogFields): Logger;
}

/** The part of a logger that code writes to; a dependency names the levels that it uses. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** How a logger is set up. */
export interface LoggerOptions {
  /** Stacks of errors are written at `debug` only. */
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Called with each line, without its newline. */
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly context?: LogFields;
}

/** Creates a logger; `context` is added to every record. */
export function createLogger({ level, format, write, now, context = {} }: LoggerOptions): Logger {
  const formatRecord = format === "json" ? formatJson : formatPretty;
  const stacks = level === "debug";
  const least = SEVERITY[level];
  return loggerWith(loggableFields(context));

  function loggerWith(inherited: Record<string, Loggable>): Logger {
    function log(level: LogRecord["level"], message: string, fields?: LogFields): void {
      if (SEVERITY[level] < least) return;
      try {
        const own = fields === undefined ? inherited : { ...inherited, ...loggableFields(fields) };
        const text = maskText(message);
        write(formatRecord({ timeMs: now(), level, message: text, fields: own }));
      } catch {
        // Logging must not throw into what it reports on.
      }
    }
    return {
      debug: (message, fields) => log("debug", message, fields),
      info: (message, fields) => log("info", message, fields),
      warn: (message, fields) => log("warn", message, fields),
      error: (message, fields) => log("error", message, fields),
      child: (context) => loggerWith({ ...inherited, ...loggableFields(context) }),
    };
  }

  function loggableFields(fields: LogFields): Record<string, Loggable> {
    const loggable: Record<string, Loggable> = {};
    try {
      for (const name of Object.keys(fields)) {
        const value = fields[name];
        if (value === undefined) continue;
        loggable[RESERVED.has(name) ? `${name}_` : name] = toLoggable(name, value, { stacks });
      }
    } catch {
      loggable.fields = "[unreadable]";
    }
    return loggable;
  }
}

const SEVERITY: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  silent: 4,
};

/** Names of a record's own members, and one that no object can have as a member. */
const RESERVED = new Set(["time", "level", "message", "__proto__"]);

function formatJson({ timeMs, level, message, fields }: LogRecord): string {
  return JSON.stringify({ time: new Date(timeMs).toISOString(), level, message, ...fields });
}
