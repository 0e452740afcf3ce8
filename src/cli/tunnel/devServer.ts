import { sleep } from "../../utils/sleep.ts";
import { hasGroups, kill, killGroup, within } from "./processGroup.ts";

/** The server as `deno task dev` runs it: again at every change. */
export interface DevServer {
  /** Resolves with its exit code. */
  readonly ended: Promise<number>;
  /** Of the group that it is the first of, where it has one of its own. */
  readonly groupId?: number;
  signal(name: Deno.Signal): void;
  /** Ends it; resolves when it has. */
  close(): Promise<void>;
}

/** The flags are those of `deno task start`, with `--watch`. */
export const DEV_ARGS: readonly string[] = [
  ...["run", "--quiet", "--no-prompt", "-P=server"],
  "--v8-flags=--no-incremental-marking-task,--no-memory-reducer",
  ...["--watch", "--env-file", "src/index.ts"],
];

const CLOSE_MS = 10_000;
const LATE_MS = 30_000;

/**
 * Starts it in this terminal; `env` comes before what stands in `.env`. Where it is `apart`, Ctrl-C does not reach it:
 * `close` alone ends it, with all that it has started.
 */
export function startDevServer(
  env: Readonly<Record<string, string>> = {},
  { apart = false }: { readonly apart?: boolean } = {},
): DevServer {
  const isDetached = apart && hasGroups;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...DEV_ARGS],
    env: { ...env },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    detached: isDetached,
  }).spawn();
  const ended = child.status.then(({ code }) => code);
  return {
    ended,
    ...(isDetached && { groupId: child.pid }),
    signal: (name) => kill(child, name),
    async close() {
      // With --watch, Deno stays after the SIGTERM that ends the program, and ends it half a second after a SIGINT.
      if (isDetached) killGroup(child, "SIGINT");
      else kill(child, "SIGTERM");
      await within(ended, CLOSE_MS);
      (isDetached ? killGroup : kill)(child, "SIGKILL");
      await ended;
    },
  };
}

/**
 * Resolves with whether the server answers, which takes as long as it takes; false once it has ended. `onLate` is
 * called once where that is long.
 */
export async function answersHere(
  origin: string,
  { ended }: DevServer,
  { signal, onLate, lateMs = LATE_MS }: {
    readonly signal: AbortSignal;
    readonly onLate: () => void;
    readonly lateMs?: number;
  },
): Promise<boolean> {
  const beganAt = performance.now();
  let isLate = false;
  let isOver = false;
  ended.then(() => isOver = true);
  while (!isOver && !signal.aborted) {
    try {
      const limit = AbortSignal.timeout(2000);
      const response = await fetch(`${origin}/health`, { signal: limit });
      await response.body?.cancel();
      if (response.ok || response.status === 503) return true;
    } catch {
      // Not yet.
    }
    if (!isLate && performance.now() - beganAt > lateMs) {
      isLate = true;
      onLate();
    }
    await sleep(200, { signal });
  }
  return false;
}
