/**
 * Stands for cloudflared, ngrok or tailscale: prints what they print, at an address whose host tells the port of this
 * machine at which it takes TLS, and carries that to the local port that it is asked for.
 */
const [tool = "", folder = "", ...args] = Deno.args;
const [cert, key] = ["cert.pem", "key.pem"].map((file) =>
  Deno.readTextFileSync(`${folder}/${file}`)
);

// One that is refused says so in its own words, and ends.
if (fileIsThere("refuse")) refuse();

const target = Number(/:(\d+)$/.exec(args.find((arg) => /:\d+$/.test(arg)) ?? "")?.[1]);
const port = fileIsThere("port") ? Number(Deno.readTextFileSync(`${folder}/port`)) : 0;
const listener = Deno.listenTls({ hostname: "127.0.0.1", port, cert: cert!, key: key! });
Deno.writeTextFileSync(`${folder}/pids`, `${Deno.pid}\n`, { append: true });
Deno.writeTextFileSync(`${folder}/args`, `${tool} ${args.join(" ")}\n`, { append: true });
announce(`t-${listener.addr.port}`);
for await (const client of listener) carry(client).catch(() => {});

async function carry(client: Deno.TlsConn): Promise<void> {
  const server = await Deno.connect({ hostname: "127.0.0.1", port: target }).catch(() => undefined);
  if (server === undefined) {
    await client.write(
      new TextEncoder().encode(
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
      ),
    );
    return client.close();
  }
  await Promise.allSettled([
    client.readable.pipeTo(server.writable),
    server.readable.pipeTo(client.writable),
  ]);
}

function announce(name: string): void {
  const time = "2026-11-29T12:00:00Z";
  switch (tool) {
    case "cloudflared": {
      const rule = "+" + "-".repeat(92) + "+";
      const log = (text: string) => console.error(`${time} INF ${text}`);
      log(
        "Thank you for trying Cloudflare Tunnel. See https://developers.cloudflare.com/cloudflare-one/",
      );
      log("Requesting new quick Tunnel on trycloudflare.com...");
      log(rule);
      log(
        "|  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |",
      );
      log(`|  ${`https://${name}.trycloudflare.com`.padEnd(90)}|`);
      log(rule);
      return log(
        "Registered tunnel connection connIndex=0 event=0 ip=198.41.200.13 location=fra08 protocol=quic",
      );
    }
    case "ngrok": {
      const log = (fields: Record<string, unknown>) =>
        console.log(JSON.stringify({ ...fields, lvl: "info", t: time }));
      log({ msg: "starting web service", obj: "web", addr: "127.0.0.1:4040", allow_hosts: [] });
      return log({
        ...{ msg: "started tunnel", obj: "tunnels", name: "command_line" },
        ...{ addr: `http://127.0.0.1:${target}`, url: `https://${name}.ngrok-free.app` },
      });
    }
    case "tailscale":
      console.log("Available on the internet:\n");
      console.log(`https://${name}.tail1234.ts.net/`);
      console.log(`|-- proxy http://127.0.0.1:${target}\n`);
      return console.log("Press Ctrl+C to exit.");
  }
}

function refuse(): never {
  switch (tool) {
    case "cloudflared":
      console.error("2026-11-29T12:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...");
      console.error(
        'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: no such host',
      );
      break;
    case "ngrok":
      console.error(
        "ERROR:  authentication failed: Usage of ngrok requires a verified account and authtoken.",
      );
      console.error("ERROR:  ERR_NGROK_4018");
      break;
    case "tailscale":
      console.log("Funnel is not enabled on your tailnet.\nTo enable, visit:\n");
      console.log("         https://login.tailscale.com/f/funnel?node=n1");
  }
  Deno.exit(1);
}

function fileIsThere(name: string): boolean {
  try {
    return Deno.statSync(`${folder}/${name}`).isFile;
  } catch {
    return false;
  }
}
