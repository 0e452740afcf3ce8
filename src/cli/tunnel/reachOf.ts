import { newToken } from "../../utils/ids.ts";
import { boundedText } from "../../utils/http/boundedText.ts";
import { sleep } from "../../utils/sleep.ts";

/** Asks an address from outside. */
export type Ask = (url: string, init: RequestInit) => Promise<Response>;

const PATIENCE_MS = 60_000;
const BETWEEN_MS = 1000;

/** `other` for an address at which something else answers, `nothing` where this machine gets no answer at all. */
export type Reach = "reached" | "other" | "nothing";

/**
 * Whether a public address reaches this very process: it listens on the port itself, until its own word comes
 * back. A new address may take some seconds to be known. Throws where the port is taken.
 */
export async function reachOf(
  origin: string,
  port: number,
  { ask, signal, patienceMs = PATIENCE_MS }: {
    readonly ask: Ask;
    readonly signal: AbortSignal;
    readonly patienceMs?: number;
  },
): Promise<Reach> {
  const word = newToken();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    () => new Response(word),
  );
  try {
    const until = performance.now() + patienceMs;
    let reach: Reach = "nothing";
    while (!signal.aborted && performance.now() < until) {
      const now = await look();
      if (now === "reached") return now;
      if (now === "other") reach = now;
      await sleep(BETWEEN_MS, { signal });
    }
    return reach;
  } finally {
    await server.shutdown();
  }

  async function look(): Promise<Reach> {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
      const response = await ask(`${origin}/`, { redirect: "manual", signal: limit });
      const text = await boundedText(response, 1000);
      return response.status === 200 && text === word ? "reached" : "other";
    } catch {
      return "nothing";
    }
  }
}
