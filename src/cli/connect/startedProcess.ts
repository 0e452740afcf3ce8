import { isRecord } from "../../utils/isRecord.ts";
import { type KnownProcess, readKnownProcess } from "./knownProcess.ts";

/** The first of a group of processes that a command has started, which goes on where the command is killed. */
export interface StartedProcess extends KnownProcess {
  /** What people call it. */
  readonly name: string;
  /** The command that ends it. */
  readonly owner: KnownProcess;
}

/** Undefined for what is no such entry. */
export function readStartedProcess(entry: unknown): StartedProcess | undefined {
  const started = readKnownProcess(entry);
  // No group has the id 1, and a signal to it would reach every process.
  if (started === undefined || started.pid < 2 || !isRecord(entry)) return undefined;
  const owner = readKnownProcess(entry["owner"]);
  const name = entry["name"];
  if (owner === undefined || typeof name !== "string") return undefined;
  return { ...started, name: name.slice(0, 40), owner };
}
