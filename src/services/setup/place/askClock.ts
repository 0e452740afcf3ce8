import { clockOf, type ServerClock } from "../../openai.ts";

const PATIENCE_MS = 5000;

/** Asks a server for its time by a request without content or credentials; undefined where it does not answer. */
export async function askClock(url: string): Promise<ServerClock | undefined> {
  try {
    const askedMs = Date.now();
    const response = await fetch(url, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.body?.cancel();
    return clockOf(response, { host: new URL(url).host, askedMs });
  } catch {
    return undefined;
  }
}
