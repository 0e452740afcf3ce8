import type { App } from "./app.ts";
import { sleep } from "./utils/sleep.ts";

const RETRY_MS = 100;
/** A server that is told to stop while the next one starts says so within this. */
const SERVING_MS = 5000;
/** It frees the port last, when its row is gone already. */
const GONE_MS = 10_000;

/**
 * Creates the function that waits a moment for a port which is taken; false where waiting is of no use. A
 * leaving server of the same database is waited for, a stranger is not. `print` tells the operator, once.
 */
export function createPortPatience(
  app: Pick<App, "portHolder" | "settings">,
  print: (line: string) => void,
): () => Promise<boolean> {
  const { port } = app.settings.server;
  const now = () => performance.now();
  const startedAt = now();
  let leftAt: number | undefined;
  let wasToldOf = false;

  return async function waits() {
    const holder = await app.portHolder(port);
    if (holder?.isLeaving) leftAt = now();
    const until = leftAt === undefined
      ? holder === undefined ? -Infinity : startedAt + SERVING_MS
      : leftAt + GONE_MS;
    if (now() >= until) return false;
    if (!wasToldOf) {
      print(`Waiting for port ${port}: another Parley server of this database holds it.`);
    }
    wasToldOf = true;
    await sleep(RETRY_MS);
    return true;
  };
}
