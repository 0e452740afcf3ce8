import { sleep } from "../../../utils/sleep.ts";
import { type Client, destroySocket, type NewClient, terminate } from "./client.ts";

export interface ListenerCallbacks {
  /** Called with each message of the channel, in order. */
  readonly onMessage: (payload: string) => void;
  /** Messages are received from now on; earlier ones may be lost. */
  readonly onListening: () => void;
  /** Messages are not received; another attempt follows. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Postgres keeps all messages, of every process, until each listener has taken them: a process that stands
 * still would fill its disk. It cuts off one that has taken nothing for so long.
 */
const STALLED_MS = 60_000;
/** A Postgres that does not know the setting is left as it is. */
const LIMIT_STALL = `SELECT set_config(name, $1, false) FROM pg_settings
  WHERE name = 'tcp_user_timeout'`;
/** For connecting and LISTEN together. */
const LISTEN_LIMIT_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5000;

/** Listens to a channel over a connection of its own, which is opened again after growing pauses. */
export function listenTo(
  channel: string,
  NewClient: NewClient,
  { onMessage, onListening, onFailure }: ListenerCallbacks,
  { stalledMs = STALLED_MS }: { readonly stalledMs?: number } = {},
) {
  let client: Client | undefined;
  let isListening = false;
  let failures = 0;
  let closed = false;
  const closing = new AbortController();
  const ending = keepListening();

  async function keepListening(): Promise<void> {
    while (!closed) {
      client = new NewClient();
      try {
        await listen(client);
        throw new Error("Cannot listen to the database: the connection is lost");
      } catch (error) {
        isListening = false;
        await terminate(client);
        if (closed) return;
        onFailure(error);
        const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
        await sleep(pauseMs, { signal: closing.signal });
      }
    }
  }

  /** Settles when the connection is over. */
  async function listen(client: Client): Promise<void> {
    const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
    client.on("notification", ({ payload = "" }) => closed || onMessage(payload));
    const limit = setTimeout(() => destroySocket(client), LISTEN_LIMIT_MS);
    try {
      await client.connect();
      await client.query(LIMIT_STALL, [String(stalledMs)]);
      await client.query(`LISTEN ${channel}`);
    } finally {
      clearTimeout(limit);
    }
    if (closed) return;
    isListening = true;
    failures = 0;
    onListening();
    await ended;
  }

  return {
    /** Closes the connection and opens another. */
    reconnect(): void {
      if (client !== undefined) destroySocket(client);
    },
    async close(): Promise<void> {
      closed = true;
      closing.abort();
      if (client !== undefined) {
        // Terminate on a connection that is still being opened would never settle.
        if (isListening) await terminate(client);
        else destroySocket(client);
      }
      await ending;
    },
  };
}
