import { subscribe, unsubscribe } from "node:diagnostics_channel";

/**
 * Waits, when disposed of, for the end of every socket that `node:net` has opened as a client since.
 * npm:ws keeps a timer for as long as its socket, and no server can see when that is gone.
 */
export function awaitNodeSockets(): AsyncDisposable {
  const ends: Promise<void>[] = [];
  const follow = (message: unknown) => {
    const { socket } = message as { socket: NodeSocket };
    ends.push(new Promise((resolve) => socket.once("close", () => resolve())));
  };
  subscribe(CHANNEL, follow);
  return {
    async [Symbol.asyncDispose]() {
      unsubscribe(CHANNEL, follow);
      await Promise.all(ends);
    },
  };
}

interface NodeSocket {
  once(event: "close", listener: () => void): void;
}

const CHANNEL = "net.client.socket";
