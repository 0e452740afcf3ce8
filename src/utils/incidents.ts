import { maskText } from "./logging/redaction.ts";
import type { Log } from "./logger.ts";
import { present } from "./present.ts";

/** A fault beyond one call, shown by `GET /health` until it is resolved or has not recurred for a while. */
export interface Incident {
  /** One snake_case word to count and to alert by, such as `model_open_limit`. */
  readonly code: string;
  /** Such as an agent's name; never personal data. */
  readonly subject?: string;
  /** The upstream's or the server's message, masked and at most 500 characters long. */
  readonly message: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly last: number;
}

const STANDS_MS = 10 * 60_000;
const MAX_OPEN = 100;
/** So that one code with many subjects does not displace the others. */
const MAX_OPEN_OF_A_CODE = 20;
const MAX_MESSAGE_LENGTH = 500;

export type Incidents = ReturnType<typeof createIncidents>;

/** Keeps the incidents of this process; `report` may be called from anywhere, at any rate. */
export function createIncidents({ now, log }: {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}) {
  const open = new Map<string, Incident & { readonly expiresAfterMs: number }>();
  const reports = new Map<string, number>();
  const keyOf = (code: string, subject = "") => `${code} ${subject}`;
  return {
    /** Logs an incident when it opens, and counts it each time. */
    report({ code, subject, message, expiresAfterMs = STANDS_MS }: {
      readonly code: string;
      readonly subject?: string;
      readonly message: string;
      /** How long it is listed after its last report: ten minutes by default, `Infinity` until resolved. */
      readonly expiresAfterMs?: number;
    }): void {
      reports.set(code, (reports.get(code) ?? 0) + 1);
      dropPassed();
      const key = keyOf(code, subject);
      const known = open.get(key);
      if (known === undefined && isFull(code)) return;
      const at = now();
      const shown = maskText(message.slice(0, MAX_MESSAGE_LENGTH));
      open.set(key, {
        code,
        ...present({ subject }),
        message: shown,
        count: (known?.count ?? 0) + 1,
        since: known?.since ?? at,
        last: at,
        expiresAfterMs,
      });
      if (known === undefined) log.warn("Incident opened", { code, subject, reason: shown });
    },
    /** Closes an incident at once; without effect where there is none. */
    resolve: (code: string, subject?: string): void => void open.delete(keyOf(code, subject)),
    /** Those that stand, the oldest first. */
    list(): readonly Incident[] {
      dropPassed();
      return [...open.values()].map(({ expiresAfterMs: _, ...incident }) => incident);
    },
    /** Reports since the process began, by code. */
    counts: (): ReadonlyMap<string, number> => reports,
  };

  function isFull(code: string): boolean {
    const ofCode = [...open.values()].filter((incident) => incident.code === code).length;
    return open.size >= MAX_OPEN || ofCode >= MAX_OPEN_OF_A_CODE;
  }

  function dropPassed(): void {
    const at = now();
    for (const [key, { last, expiresAfterMs }] of open) {
      if (at - last >= expiresAfterMs) open.delete(key);
    }
  }
}
