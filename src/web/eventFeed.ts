/// <reference lib="dom" />
import { Refusal, sendToApi } from "./apiClient.ts";
import type { CallEvent } from "./callAnswers.ts";
import { delay } from "./delay.ts";
import { readServerSentEvents } from "./serverSentEvents.ts";

export type FeedItem =
  /** From here on nothing is lost, until `missed` says otherwise. */
  | { readonly kind: "open" }
  | {
    readonly kind: "event";
    readonly callId: string;
    readonly at: string;
    readonly event: CallEvent;
  }
  /** Some events are no longer to be had. */
  | { readonly kind: "missed" }
  /** The connection is gone; another one is tried. */
  | { readonly kind: "lost" };

/**
 * Follows a stream of events until it is over or the signal ends it. A connection that breaks off is
 * taken up again where it was. Throws `Refusal` where trying again is of no use.
 */
export async function* followEvents(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<FeedItem, void> {
  let lastId = "";
  while (!signal.aborted) {
    const life = new AbortController();
    const end = () => life.abort();
    signal.addEventListener("abort", end);
    let watch = setTimeout(end, SILENCE_MS);
    try {
      const { status, body } = await sendToApi(path, {
        headers: lastId === "" ? {} : { "last-event-id": lastId },
        signal: life.signal,
      });
      if (status === 204 || body === null) return;
      yield { kind: "open" };
      const events = readServerSentEvents(body, () => {
        clearTimeout(watch);
        watch = setTimeout(end, SILENCE_MS);
      });
      for await (const { id, name, data } of events) {
        if (id !== "") lastId = id;
        yield name === "missed" ? { kind: "missed" } : { kind: "event", ...JSON.parse(data) };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refusal && error.status >= 400 && error.status < 500) throw error;
    } finally {
      clearTimeout(watch);
      signal.removeEventListener("abort", end);
      life.abort();
    }
    if (signal.aborted) return;
    yield { kind: "lost" };
    await delay(RETRY_MS, signal);
  }
}

/** The server shows every 15 seconds that it is there. */
const SILENCE_MS = 45_000;
const RETRY_MS = 2000;
