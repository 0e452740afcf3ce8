/// <reference lib="dom" />
import { fetchApi, RequestError } from "../apiClient.ts";
import type { CallEvent } from "../callEvents.ts";
import { delay } from "../delay.ts";
import { readServerSentEvents } from "./serverSentEvents.ts";

export type FeedItem =
  /** Connected: all events from here on follow, unless `missed` comes. */
  | { readonly kind: "open" }
  | {
    readonly kind: "event";
    readonly callId: string;
    readonly at: string;
    readonly event: CallEvent;
  }
  /** Some events are lost: the server keeps them no longer. */
  | { readonly kind: "missed" }
  /** The connection broke; another one is opened. */
  | { readonly kind: "lost" };

/**
 * Reads a stream of call events until it ends or the signal is aborted. A broken connection is
 * opened again from the last event received. Throws `RequestError` on a 4xx response.
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
      const { status, body } = await fetchApi(path, {
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
      if (error instanceof RequestError && error.status >= 400 && error.status < 500) throw error;
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

/** Three times the interval of the server's keep-alive comments. */
const SILENCE_MS = 45_000;
const RETRY_MS = 2000;
