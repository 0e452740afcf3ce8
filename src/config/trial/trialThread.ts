// The thread in which files of code are tried: what never ends, or would end the server, meets only it.
import { createRequire } from "node:module";
import process from "node:process";
import { runInThisContext } from "node:vm";
import { parentPort, resourceLimits } from "node:worker_threads";
import { deadline } from "../../utils/deadline.ts";
import type { ThreadReport, ThreadRequest } from "./trialMessages.ts";

const LOADER = "loadTriedFile";
const require = createRequire(import.meta.url);
let exits = false;

disarm();
// It takes no part in the time of the first tool.
await import("parley").catch(() => {});
parentPort?.on("message", async (request: ThreadRequest) => {
  exits = false;
  const result = await attempt(request);
  report(exits ? "exits" : result);
});
report("ready");

async function attempt({ path, limitMs, mayAwait }: ThreadRequest): Promise<ThreadReport> {
  Reflect.set(globalThis, LOADER, () => require(path));
  try {
    // Nothing else ends a loop: to terminate the thread does not, and an import is no part of a script.
    runInThisContext(`${LOADER}()`, { timeout: limitMs });
    return "loads";
  } catch (error) {
    const code = codeOf(error);
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "never_ends";
    if (isOutOfMemory(error)) return "memory";
    if (code !== "ERR_REQUIRE_ASYNC_MODULE") return "loads";
  }
  if (!mayAwait) return "not_tried";
  report("awaits");
  const late = new Error("it never ends");
  try {
    await deadline(import(path), limitMs, undefined, late);
    return "loads";
  } catch (error) {
    return error === late ? "never_ends" : "loads";
  }
}

function report(result: ThreadReport): void {
  parentPort?.postMessage(result);
}

/** Of the many ways to end the process, those that a tool may take in good faith. */
function disarm(): void {
  const exit = (): never => {
    exits = true;
    throw new Error("this would end the server");
  };
  Object.assign(Deno, { exit });
  Object.assign(process, { exit, reallyExit: exit, abort: exit });
  Object.assign(globalThis, { close: exit });
}

/** What ends a script at the limit of memory is told so, or not at all. */
function isOutOfMemory(error: unknown): boolean {
  const limit = (resourceLimits.maxOldGenerationSizeMb ?? Infinity) * 1024 * 1024;
  return error instanceof Error && error.message === "Uncaught null" ||
    Deno.memoryUsage().heapUsed > limit / 2;
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
