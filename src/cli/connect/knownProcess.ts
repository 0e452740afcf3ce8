import { isRecord } from "../../utils/isRecord.ts";

/** A process by its id, which others get after it, and its start. */
export interface KnownProcess {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** This process. */
export const ownProcess: KnownProcess = { pid: Deno.pid, startedAt: performance.timeOrigin };

export function isOwnProcess({ pid, startedAt }: KnownProcess): boolean {
  return pid === ownProcess.pid && startedAt === ownProcess.startedAt;
}

/** Undefined for what is no such entry. */
export function readKnownProcess(entry: unknown): KnownProcess | undefined {
  if (!isRecord(entry)) return undefined;
  const { pid, startedAt } = entry;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  if (typeof startedAt !== "number" || !Number.isFinite(startedAt)) return undefined;
  return { pid, startedAt };
}

/** `ps` counts from the start of the machine, in seconds; a process takes some time until it knows its own start. */
const TOLERANCE_MS = 10_000;

/** Whether the id is still that of the process, and not of a later one. Rejects where `ps` cannot tell. */
export async function isRunning({ pid, startedAt }: KnownProcess): Promise<boolean> {
  const [state, ...start] = await statusOf(pid);
  if (!state) {
    // Some, such as that of BusyBox, do not know these options, and would make every process look ended.
    if ((await statusOf(Deno.pid)).length < 2) throw new Error("ps does not tell when it started");
    return false;
  }
  if (state.startsWith("Z")) return false;
  const at = Date.parse(`${start.join(" ")} UTC`);
  if (Number.isNaN(at)) throw new Error("ps does not tell when it started");
  return Math.abs(at - startedAt) < TOLERANCE_MS;
}

/** The state and the words of the start; empty where there is no such process. */
async function statusOf(pid: number): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "stat=,lstart=", "-p", `${pid}`],
    env: { LC_ALL: "C", TZ: "UTC" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  const line = new TextDecoder().decode(stdout.subarray(0, 1000)).trim();
  return line === "" ? [] : line.split(/\s+/);
}
