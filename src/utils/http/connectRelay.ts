import { setTimer } from "../clock.ts";
import { sleep } from "../sleep.ts";
import { writeAll } from "../webSocket/writeAll.ts";

export interface ConnectRelayOptions {
  /** Resolves the name and connects; only what is connected to is judged, so no name can change in between. */
  readonly connect: (
    options: { readonly hostname: string; readonly port: number; readonly signal: AbortSignal },
  ) => Promise<Deno.Conn>;
  /** Whether anything may be sent to this address, which the name of the host stands for. */
  readonly admits: (host: string, address: string) => boolean;
  readonly listen?: () => Deno.TcpListener;
}

/** A proxy on this machine's loopback that looks at each address before it passes anything on. */
export interface ConnectRelay {
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string };
  /** Whether the latest connection to `host:port` was refused for its address. */
  hasRefused(target: string): boolean;
  close(): Promise<void>;
}

const MAX_HEAD_BYTES = 8192;
const OPENING_MS = 15_000;
const MAX_CONNECTIONS = 512;
const MAX_REFUSALS = 1000;
/** Where there are no more file descriptors: others may be given back. */
const ACCEPT_AGAIN_MS = 100;

/**
 * Opens a proxy for `Deno.createHttpClient` that knows only CONNECT: what passes through it is encrypted
 * from end to end. Other programs of this machine are kept out by a password.
 */
export function openConnectRelay(
  { connect, admits, listen = () => Deno.listen({ hostname: "127.0.0.1", port: 0 }) }:
    ConnectRelayOptions,
): ConnectRelay {
  const listener = listen();
  const credentials = { username: "relay", password: crypto.randomUUID() };
  const authorization = `Basic ${btoa(`${credentials.username}:${credentials.password}`)}`;
  const open = new Set<Deno.Conn>();
  const working = new Set<Promise<void>>();
  const refused = new Set<string>();
  const closing = new AbortController();

  const accepting = accept();

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    credentials,
    hasRefused: (target) => refused.has(target),
    async close() {
      closing.abort();
      listener.close();
      for (const connection of open) shut(connection);
      await accepting;
      await Promise.allSettled(working);
    },
  };

  /** Never rejects. */
  async function accept(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        take(await listener.accept());
      } catch {
        await sleep(ACCEPT_AGAIN_MS, { signal: closing.signal });
      }
    }
  }

  function take(client: Deno.Conn): void {
    if (open.size >= 2 * MAX_CONNECTIONS) return client.close();
    const work = serve(client).catch(() => {}).finally(() => working.delete(work));
    working.add(work);
  }

  async function serve(client: Deno.Conn): Promise<void> {
    open.add(client);
    let server: Deno.Conn | undefined;
    const abort = new AbortController();
    const tooLate = () => {
      abort.abort();
      shut(client);
    };
    const cancel = setTimer(tooLate, OPENING_MS);
    closing.signal.addEventListener("abort", tooLate, { once: true });
    try {
      server = await opened(client, abort.signal);
      cancel();
      if (server === undefined) return;
      await Promise.all([pass(client, server), pass(server, client)]);
    } finally {
      cancel();
      closing.signal.removeEventListener("abort", tooLate);
      shut(client);
      if (server !== undefined) shut(server);
    }
  }

  /** Undefined where the connection was refused. */
  async function opened(client: Deno.Conn, signal: AbortSignal): Promise<Deno.Conn | undefined> {
    const head = await readHead(client);
    const [, host = "", port = ""] =
      /^CONNECT (\[?[\w.:-]+?\]?):(\d{1,5}) HTTP\/1\.1\r\n/i.exec(head) ??
        [];
    const given = /\r\nproxy-authorization:[ \t]*([^\r\n]*)/i.exec(head)?.[1]?.trim();
    if (host === "" || given !== authorization) return await refuse(client, "407 Not for you");
    const hostname = host.replace(/^\[|\]$/g, "");
    const target = `${host}:${port}`;
    let server: Deno.Conn;
    try {
      server = await connect({ hostname, port: Number(port), signal });
    } catch {
      refused.delete(target);
      return await refuse(client, "502 Not reached");
    }
    open.add(server);
    const { remoteAddr } = server;
    if (!("hostname" in remoteAddr) || !admits(hostname, remoteAddr.hostname)) {
      shut(server);
      if (refused.size >= MAX_REFUSALS) refused.clear();
      refused.add(target);
      return await refuse(client, "403 Address refused");
    }
    refused.delete(target);
    for (const connection of [client, server]) {
      if ("setNoDelay" in connection) (connection as Deno.TcpConn).setNoDelay(true);
    }
    await writeAll(client, new TextEncoder().encode("HTTP/1.1 200 Connected\r\n\r\n"));
    return server;
  }

  async function refuse(client: Deno.Conn, status: string): Promise<undefined> {
    await writeAll(
      client,
      new TextEncoder().encode(
        `HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      ),
    );
  }

  function shut(connection: Deno.Conn): void {
    if (!open.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // The peer was first.
    }
  }
}

/** A client sends nothing after its head before it is answered. */
async function readHead(client: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(MAX_HEAD_BYTES);
  let length = 0;
  while (length < buffer.length) {
    const read = await client.read(buffer.subarray(length));
    if (read === null) return "";
    length += read;
    const head = new TextDecoder("latin1").decode(buffer.subarray(0, length));
    if (head.includes("\r\n\r\n")) return head;
  }
  return "";
}

/** Until one side has said all; the other may go on. */
async function pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(32 * 1024);
  for (;;) {
    const read = await from.read(buffer);
    if (read === null) break;
    await writeAll(to, buffer.subarray(0, read));
  }
  await to.closeWrite();
}
