import { type ConnectMemory, ConnectMemoryError } from "../connect/connectMemory.ts";
import type { KnownProcess, StartedProcess } from "../connect/startedProcess.ts";
import { sleep } from "../../utils/sleep.ts";
import { hasGroups } from "./processGroup.ts";

type Print = (line: string) => void;

/**
 * Remembers the first of a group of processes that has just been started, for a later command to end where this one
 * is killed. Returns what forgets it.
 */
export function rememberProcess(
  memory: Pick<ConnectMemory, "keepProcess" | "forgetProcess">,
  { name, pid }: Pick<StartedProcess, "name" | "pid">,
  print: Print,
): () => void {
  if (!hasGroups) return () => {};
  const started: StartedProcess = {
    ...{ name, pid, startedAt: Date.now() },
    owner: { pid: Deno.pid, startedAt: performance.timeOrigin },
  };
  orTell(() => memory.keepProcess(started));
  return () => orTell(() => memory.forgetProcess(started));

  function orTell(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof ConnectMemoryError)) throw error;
      print(error.message);
    }
  }
}

/** Ends what commands have left that were killed. Returns whether none of it runs any more. */
export async function endLeftProcesses(
  memory: Pick<ConnectMemory, "processes" | "forgetProcess">,
  print: Print,
): Promise<boolean> {
  let isWhole = true;
  for (const left of memory.processes) {
    try {
      if (await isRunning(left.owner)) continue;
      if (await isRunning(left)) {
        await end(left);
        print(
          `Ended ${left.name} (process ${left.pid}), which a command that was killed had left.`,
        );
      }
      memory.forgetProcess(left);
    } catch (error) {
      if (error instanceof ConnectMemoryError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      print(
        `${left.name} (process ${left.pid}) may still be running and reachable from the internet; end it by hand: ${reason}`,
      );
      isWhole = false;
    }
  }
  return isWhole;
}

const END_MS = 5000;
const KILL_MS = 1000;
const LOOK_MS = 50;
/** `ps` counts from the start of the machine, in seconds; a process takes some time until it knows its own start. */
const TOLERANCE_MS = 10_000;

/** Rejects where it still runs. */
async function end(left: StartedProcess): Promise<void> {
  for (const [signal, ms] of [["INT", END_MS], ["KILL", KILL_MS]] as const) {
    await run("kill", ["-s", signal, "--", `-${left.pid}`]);
    const until = performance.now() + ms;
    while (performance.now() < until) {
      if (!await isRunning(left)) return;
      await sleep(LOOK_MS);
    }
  }
  throw new Error("it does not end");
}

/** Whether the id is still that of the process, and not of a later one. */
async function isRunning({ pid, startedAt }: KnownProcess): Promise<boolean> {
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
  const line = (await run("ps", ["-o", "stat=,lstart=", "-p", `${pid}`])).trim();
  return line === "" ? [] : line.split(/\s+/);
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, {
    args: [...args],
    env: { LC_ALL: "C", TZ: "UTC" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout.subarray(0, 1000));
}
