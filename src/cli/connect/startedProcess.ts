import { isRecord } from "../../utils/isRecord.ts";

/** A process by its id, which others get after it, and its start. */
export interface KnownProcess {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** The first of a group of processes that a command has started, which goes on where the command is killed. */
export interface StartedProcess extends KnownProcess {
  /** What people call it. */
  readonly name: string;
  /** The command that ends it. */
  readonly owner: KnownProcess;
}

/** Undefined for what is no such entry. */
export function readStartedProcess(entry: unknown): StartedProcess | undefined {
  const started = readProcess(entry);
  // No group has the id 1, and a signal to it would reach every process.
  if (started === undefined || started.pid < 2 || !isRecord(entry)) return undefined;
  const owner = readProcess(entry["owner"]);
  const name = entry["name"];
  if (owner === undefined || typeof name !== "string") return undefined;
  return { ...started, name: name.slice(0, 40), owner };
}

function readProcess(entry: unknown): KnownProcess | undefined {
  if (!isRecord(entry)) return undefined;
  const { pid, startedAt } = entry;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  if (typeof startedAt !== "number" || !Number.isFinite(startedAt)) return undefined;
  return { pid, startedAt };
}
