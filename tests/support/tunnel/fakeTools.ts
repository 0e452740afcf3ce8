import { makeCertificate } from "../../bench/load/certificate.ts";

/** Stand-ins for the programs that make tunnels, and the internet behind them. */
export interface FakeTools extends AsyncDisposable {
  /** A PATH with the programs on it. */
  readonly path: string;
  /** Variables by which a process reaches the tunnels' addresses, and trusts them. */
  readonly env: Readonly<Record<string, string>>;
  /** Asks an address of a tunnel, as the world does. */
  readonly ask: (url: string, init: RequestInit) => Promise<Response>;
  /** The processes that were started, the latest last. */
  pids(): readonly number[];
  /** How they were called. */
  calls(): readonly string[];
  /** From now on each refuses to make a tunnel, or no longer does. */
  refuse(on: boolean): void;
  /** From now on each tunnel has the address whose host tells this port, as a name of one's own has. */
  keepAddress(port: number): void;
  /** From now on the programs are scripts that start the real one as a process of its own. */
  wrap(): void;
}

const names = ["*.trycloudflare.com", "*.ngrok-free.app", "*.tail1234.ts.net"];

/** Puts the named programs into a folder. */
export async function makeFakeTools(...tools: readonly string[]): Promise<FakeTools> {
  const folder = await Deno.makeTempDir();
  const { cert, certFile } = await makeCertificate(
    folder,
    "tunnel",
    ["IP:127.0.0.1", ...names.map((name) => `DNS:${name}`)].join(","),
  );
  await Deno.mkdir(`${folder}/bin`);
  const script = new URL("fakeTunnel.ts", import.meta.url).pathname;
  for (const tool of tools) {
    const line = `exec '${Deno.execPath()}' run --quiet --no-lock --no-config --no-check -A ` +
      `'${script}' ${tool} '${folder}' "$@"`;
    await Deno.writeTextFile(`${folder}/bin/${tool}`, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  const proxy = startProxy();
  const client = Deno.createHttpClient({ caCerts: [cert] });
  const linesOf = (file: string) => {
    try {
      return Deno.readTextFileSync(`${folder}/${file}`).trim().split("\n");
    } catch {
      return [];
    }
  };
  return {
    path: `${folder}/bin`,
    env: { HTTPS_PROXY: proxy.url, DENO_CERT: certFile },
    ask(url, init) {
      const { hostname, pathname } = new URL(url);
      const port = /^t-(\d+)\./.exec(hostname)?.[1];
      return fetch(`https://127.0.0.1:${port}${pathname}`, { ...init, client });
    },
    pids: () => linesOf("pids").map(Number),
    calls: () => linesOf("args"),
    refuse(on) {
      if (on) Deno.writeTextFileSync(`${folder}/refuse`, "");
      else Deno.removeSync(`${folder}/refuse`);
    },
    keepAddress: (port) => Deno.writeTextFileSync(`${folder}/port`, `${port}`),
    wrap() {
      for (const tool of tools) {
        const script = `${folder}/bin/${tool}`;
        const wrapped = Deno.readTextFileSync(script).replace(/^exec (.*)/m, "$1\nexit $?");
        Deno.writeTextFileSync(script, wrapped);
      }
    },
    async [Symbol.asyncDispose]() {
      linesOf("pids").map(Number).forEach(kill);
      client.close();
      await proxy[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A command that was killed leaves its tunnel. */
function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The way to the tunnels' addresses: their hosts tell the ports. */
function startProxy() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const lives = new Set<Promise<void>>();
  const open = new Set<Deno.Conn>();
  const accepting = (async () => {
    for await (const client of listener) {
      const life = serve(client).catch(() => {}).finally(() => lives.delete(life));
      lives.add(life);
    }
  })();

  async function serve(client: Deno.TcpConn): Promise<void> {
    open.add(client);
    try {
      const head = new Uint8Array(4096);
      const length = await client.read(head) ?? 0;
      const line = new TextDecoder().decode(head.subarray(0, length));
      const port = /^CONNECT t-(\d+)\./.exec(line)?.[1];
      if (port === undefined) return;
      const server = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      open.add(server);
      await client.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
      await Promise.allSettled([
        client.readable.pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ]);
      open.delete(server);
    } finally {
      open.delete(client);
      try {
        client.close();
      } catch {
        // The pipes have closed it.
      }
    }
  }

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // It has ended by itself.
        }
      }
      await Promise.all(lives);
    },
  };
}
