import { makeCertificate } from "../../bench/load/certificate.ts";
import { makeDataFolder } from "./serverProcess.ts";

/** What a front makes of requests. */
export interface FrontRules {
  /** Answers in the server's place: the lines of a head and a body, for POST and WebSocket. */
  readonly answer?: string;
  /** Only where a WebSocket is asked for. */
  readonly upgradeAnswer?: string;
  /** Headers that do not come through, in small letters; `leftOutOfUpgrade` for WebSockets. */
  readonly leftOut?: readonly string[];
  readonly leftOutOfUpgrade?: readonly string[];
  readonly added?: readonly string[];
  /** Changes the request line. */
  readonly line?: (line: string) => string;
}

/** A proxy with TLS before a server, at the address that the server calls its own. */
export async function startPublicFront(rules: FrontRules = {}) {
  const folder = await makeDataFolder();
  const { cert, key } = await makeCertificate(await Deno.realPath(folder.path));
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const requests: string[] = [];
  let targetPort: number | undefined;
  const connections: Promise<void>[] = [];
  const accepting = (async () => {
    // Ends with the listener.
    for await (const client of listener) connections.push(serve(client).catch(() => {}));
  })();

  async function serve(client: Deno.TlsConn): Promise<void> {
    try {
      const { head, rest } = await readHead(client);
      const [line = "", ...headers] = head.split("\r\n");
      requests.push(line.replace(/\?.*$/, ""));
      const isUpgrade = /^upgrade: *websocket/im.test(head);
      const answer = (isUpgrade ? rules.upgradeAnswer : undefined) ?? rules.answer;
      if (answer !== undefined || targetPort === undefined) {
        const text = `HTTP/1.1 ${answer ?? "502 Bad Gateway"}\r\nConnection: close\r\n`;
        const ended = text.includes("\r\n\r\n") ? text : `${text}Content-Length: 0\r\n\r\n`;
        await client.write(new TextEncoder().encode(ended));
        return;
      }
      const leftOut = isUpgrade ? rules.leftOutOfUpgrade ?? rules.leftOut : rules.leftOut;
      const passed = headers.filter((header) =>
        !(leftOut ?? []).some((name) => header.toLowerCase().startsWith(`${name}:`)) &&
        (isUpgrade || !/^connection:/i.test(header))
      );
      const lines = [
        rules.line?.(line) ?? line,
        ...passed,
        ...rules.added ?? [],
        ...isUpgrade ? [] : ["Connection: close"],
      ];
      const server = await Deno.connect({ hostname: "127.0.0.1", port: targetPort });
      await server.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
      if (rest.length > 0) await server.write(rest);
      await Promise.allSettled([
        client.readable.pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ]);
    } finally {
      client[Symbol.dispose]();
    }
  }

  return {
    url: `https://127.0.0.1:${listener.addr.port}`,
    cert,
    /** Method and path of all requests. */
    requests,
    pointAt: (origin: string) => void (targetPort = Number(new URL(origin).port)),
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(connections);
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function readHead(
  connection: Deno.Conn,
): Promise<{ readonly head: string; readonly rest: Uint8Array<ArrayBuffer> }> {
  let bytes = new Uint8Array(0);
  for (;;) {
    const chunk = new Uint8Array(16_384);
    const count = await connection.read(chunk);
    if (count === null) throw new Error("Cannot read a request: it has no end");
    const longer = new Uint8Array(bytes.length + count);
    longer.set(bytes);
    longer.set(chunk.subarray(0, count), bytes.length);
    bytes = longer;
    const end = new TextDecoder("latin1").decode(bytes).indexOf("\r\n\r\n");
    if (end < 0) continue;
    return {
      head: new TextDecoder().decode(bytes.subarray(0, end)),
      rest: bytes.slice(end + 4),
    };
  }
}
