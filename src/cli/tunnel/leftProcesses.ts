import { type ConnectMemory, ConnectMemoryError } from "../connect/connectMemory.ts";
import { isRunning, ownProcess } from "../connect/knownProcess.ts";
import type { StartedProcess } from "../connect/startedProcess.ts";
import { sleep } from "../../utils/sleep.ts";
import { hasGroups } from "./processGroup.ts";

type Print = (line: string) => void;

/**
 * Remembers the first of a group of processes that has just been started, for a later command to end where this one
 * is killed. Returns what forgets it. Throws a `ConnectMemoryError` where it cannot be remembered: whoever started it
 * then has to end it, since nobody would find it later.
 */
export function rememberProcess(
  memory: Pick<ConnectMemory, "keepProcess" | "forgetProcess">,
  { name, pid }: Pick<StartedProcess, "name" | "pid">,
  print: Print,
): () => void {
  if (!hasGroups) return () => {};
  const started: StartedProcess = { name, pid, startedAt: Date.now(), owner: ownProcess };
  try {
    memory.keepProcess(started);
  } catch (error) {
    if (!(error instanceof ConnectMemoryError)) throw error;
    throw new ConnectMemoryError(
      `Cannot leave ${name} running, which a later command could not find: ${error.message}`,
      { cause: error },
    );
  }
  return () => {
    try {
      memory.forgetProcess(started);
    } catch (error) {
      if (!(error instanceof ConnectMemoryError)) throw error;
      print(error.message);
    }
  };
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

/** Rejects where it still runs. */
async function end(left: StartedProcess): Promise<void> {
  for (const [signal, ms] of [["INT", END_MS], ["KILL", KILL_MS]] as const) {
    const args = ["-s", signal, "--", `-${left.pid}`];
    await new Deno.Command("kill", { args, stdin: "null", stdout: "null", stderr: "null" })
      .output();
    const until = performance.now() + ms;
    while (performance.now() < until) {
      if (!await isRunning(left)) return;
      await sleep(LOOK_MS);
    }
  }
  throw new Error("it does not end");
}
