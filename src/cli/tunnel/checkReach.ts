import { newToken } from "../../utils/ids.ts";
import { sleep } from "../../utils/sleep.ts";

/** Asks an address from outside. */
export type Ask = (url: string, init: RequestInit) => Promise<Response>;

const PATIENCE_MS = 60_000;
const BETWEEN_MS = 1000;

/**
 * Whether a public address reaches this very process: it listens on the port itself, until its own word comes
 * back. A new address may take some seconds to be known. Throws where the port is taken.
 */
export async function reachesThisProcess(
  origin: string,
  port: number,
  { ask, signal, patienceMs = PATIENCE_MS }: {
    readonly ask: Ask;
    readonly signal: AbortSignal;
    readonly patienceMs?: number;
  },
): Promise<boolean> {
  const word = newToken();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    () => new Response(word),
  );
  try {
    const until = performance.now() + patienceMs;
    while (!signal.aborted && performance.now() < until) {
      if (await answers(word)) return true;
      await sleep(BETWEEN_MS, { signal });
    }
    return false;
  } finally {
    await server.shutdown();
  }

  async function answers(word: string): Promise<boolean> {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
      const response = await ask(`${origin}/`, { redirect: "manual", signal: limit });
      const text = (await response.text()).slice(0, 1000);
      return response.status === 200 && text === word;
    } catch {
      return false;
    }
  }
}
