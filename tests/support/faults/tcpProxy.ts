import { createServer, type Server, Socket } from "node:net";
import { Inbox } from "../inbox.ts";
import { Lane, type LaneFaults, reset } from "./lane.ts";

/** Towards the server, or towards the client. */
export type Way = "up" | "down";

/** What is wrong with a line, in both directions or in the one that is named. */
export interface LineFaults extends LaneFaults {
  readonly way?: Way;
}

/** One connection of a client, and the proxy's own to the server. */
export interface ProxiedConnection {
  /** From 1, in the order in which they were made. */
  readonly number: number;
  /** Replaces what was wrong with this line; `{}` heals it, and what was held back goes on. */
  set(faults: LineFaults): void;
  /** Both ends get a reset (RST), at once, as a crashed peer or a firewall answers; FIN before any answer. */
  cut(): void;
  /** Ends one direction with FIN; the other goes on. What comes that way later is dropped. */
  halfClose(way: Way): void;
  /** Once neither end is there any more. */
  readonly closed: Promise<void>;
}

/** A proxy between any client and any server, with faults that can be changed while it runs. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** The URL of the server with the proxy's address in place of the server's. */
  through(url: string): string;
  /** Those that are open, oldest first. */
  readonly open: readonly ProxiedConnection[];
  /** Every connection that was ever made. */
  readonly connections: Inbox<ProxiedConnection>;
  /** Replaces what is wrong with all lines, those that come later included. */
  set(faults: LineFaults): void;
  cutAll(): void;
  /** New connections are refused, as where no process listens; those that are open stay. */
  refuse(): Promise<void>;
  /** Listens again on the same port. */
  accept(): Promise<void>;
  /** Where new connections go from now on. */
  target: { readonly hostname: string; readonly port: number };
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startTcpProxy(
  target: { readonly hostname?: string; readonly port: number },
): Promise<TcpProxy> {
  const open = new Set<Line>();
  const connections = new Inbox<ProxiedConnection>();
  let to = { hostname: target.hostname ?? "127.0.0.1", port: target.port };
  let faults: LineFaults = {};
  let made = 0;
  let listening: Promise<Server> | undefined = listen(0);
  const address = (await listening).address();
  if (address === null || typeof address === "string") throw new Error("Cannot find the port");
  const { port } = address;

  function listen(at: number): Promise<Server> {
    const listener = createServer({ allowHalfOpen: true }, (client) => {
      const line = new Line(++made, client, to);
      line.set(faults);
      open.add(line);
      line.closed.then(() => open.delete(line));
      connections.add(line);
    });
    return new Promise((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(at, "127.0.0.1", () => resolve(listener));
    });
  }

  async function refuse(): Promise<void> {
    const stopped = listening;
    listening = undefined;
    // It stops at once; its callback would wait for the connections.
    (await stopped)?.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  const proxy: TcpProxy = {
    port,
    get open() {
      return [...open];
    },
    connections,
    through(url) {
      const changed = new URL(url);
      changed.hostname = "127.0.0.1";
      changed.port = String(port);
      return changed.href;
    },
    set(next) {
      faults = next;
      for (const line of open) line.set(next);
    },
    cutAll() {
      for (const line of open) line.cut();
    },
    refuse,
    async accept() {
      await (listening ??= listen(port));
    },
    get target() {
      return to;
    },
    set target(next) {
      to = next;
    },
    async [Symbol.asyncDispose]() {
      await refuse();
      const lines = [...open];
      for (const line of lines) line.cut();
      await Promise.all(lines.map((line) => line.closed));
    },
  };
  return proxy;
}

class Line implements ProxiedConnection {
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #up: Lane;
  readonly #down: Lane;

  constructor(
    readonly number: number,
    client: Socket,
    { hostname, port }: { readonly hostname: string; readonly port: number },
  ) {
    this.#client = client;
    this.#server = new Socket({ allowHalfOpen: true });
    client.setNoDelay(true);
    this.#server.setNoDelay(true);
    this.#up = new Lane(client, this.#server);
    this.#down = new Lane(this.#server, client);
    this.#server.connect(port, hostname);
    this.closed = Promise.all([gone(client), gone(this.#server)]).then(() => {
      this.#up.drop();
      this.#down.drop();
    });
  }

  set({ way, ...faults }: LineFaults): void {
    this.#up.set(way === "down" ? {} : faults);
    this.#down.set(way === "up" ? {} : faults);
  }

  cut(): void {
    this.#up.drop();
    this.#down.drop();
    reset(this.#client);
    reset(this.#server);
  }

  halfClose(way: Way): void {
    (way === "up" ? this.#up : this.#down).end();
  }
}

function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
