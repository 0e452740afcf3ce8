import type { Client } from "./driver.ts";
import { cutOff, hangUp, type NewClient } from "./client.ts";

export interface Listening {
  /** What others have sent to the channel, in its order. */
  readonly heard: (payload: string) => void;
  /** The channel is heard from now on; nothing is known of what was sent before. */
  readonly began: () => void;
  /** The channel is not heard, and another attempt follows. */
  readonly failed: (error: unknown) => void;
}

export interface Listener {
  /** Takes its connection for dead and makes another. */
  renew(): void;
  close(): Promise<void>;
}

/** Connecting included. */
const LISTEN_LIMIT_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5000;

/** Listens to a channel over a connection of its own; one that breaks is made again, after growing pauses. */
export function listenTo(
  channel: string,
  NewClient: NewClient,
  { heard, began, failed }: Listening,
): Listener {
  let client: Client | undefined;
  let isListening = false;
  let failures = 0;
  let closed = false;
  let endPause = () => {};
  const ending = keepListening();

  async function keepListening(): Promise<void> {
    while (!closed) {
      client = new NewClient();
      try {
        await listen(client);
        throw new Error("Cannot listen to the database: the connection is lost");
      } catch (error) {
        isListening = false;
        await hangUp(client);
        if (closed) return;
        failed(error);
        await pause(Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++));
      }
    }
  }

  /** Settles when the connection is over. */
  async function listen(client: Client): Promise<void> {
    const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
    client.on("notification", ({ payload = "" }) => closed || heard(payload));
    const limit = setTimeout(() => cutOff(client), LISTEN_LIMIT_MS);
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } finally {
      clearTimeout(limit);
    }
    if (closed) return;
    isListening = true;
    failures = 0;
    began();
    await ended;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    renew() {
      if (client !== undefined) cutOff(client);
    },
    async close() {
      closed = true;
      endPause();
      if (client !== undefined) {
        // To one that is still being made no goodbye can be said: it would not tell that it is over.
        if (isListening) await hangUp(client);
        else cutOff(client);
      }
      await ending;
    },
  };
}
