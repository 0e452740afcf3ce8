/**
 * Distance: how long messages to a model take one way, at a round trip of 30 ms, with Deno's own client
 * and with the one that is used by default. Runs in a network namespace of its own, on Linux. Usage:
 *   deno task bench distance [--one-way-ms 15] [--messages 200]
 */
import { parseArgs } from "node:util";
import { openNativeSocket } from "../../src/services/openai/nativeSocket.ts";
import { openNoDelaySocket } from "../../src/services/openai/noDelaySocket.ts";
import type { LinkReady } from "./distance/link.ts";
import { measureOneWay } from "./distance/oneWay.ts";
import { makeCertificate } from "./load/certificate.ts";
import { percentile } from "./load/measure.ts";

const NEAR = "10.77.0.1";
const FAR = "10.77.0.2";
const NAMESPACE = ["--user", "--map-root-user", "--net"];

const { values } = parseArgs({
  options: {
    "one-way-ms": { type: "string", default: "15" },
    "messages": { type: "string", default: "200" },
    /** Set by the benchmark itself for the process in the namespace. */
    "folder": { type: "string" },
  },
});
const oneWayMs = Number(values["one-way-ms"]);

if (values.folder === undefined) await runInNamespace();
else await measure(values.folder);

async function runInNamespace(): Promise<void> {
  const missing = await missingMeans();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    return;
  }
  const folder = await Deno.makeTempDir();
  try {
    const { certFile } = await makeCertificate(folder, FAR);
    const permissions = ["net", "read", "write", "run", "env", "sys", "ffi"];
    const { code } = await new Deno.Command("unshare", {
      args: [
        ...NAMESPACE,
        Deno.execPath(),
        ...["run", "--quiet", "--cert", certFile],
        ...permissions.map((one) => `--allow-${one}`),
        import.meta.filename ?? "",
        ...[...Deno.args, "--folder", folder],
      ],
    }).spawn().status;
    Deno.exitCode = code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function missingMeans(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "it needs Linux: network namespaces and a TUN device";
  for (
    const [program, ...args] of [
      ["openssl", "version"],
      ["unshare", ...NAMESPACE, "ip", "tuntap", "add", "mode", "tun", "name", "parley0"],
    ] as const
  ) {
    if (!await succeeds(program, args)) {
      return `it needs openssl, unshare, ip (iproute2), network namespaces of users and /dev/net/tun; here failed: ${program} ${
        args.join(" ")
      }`;
    }
  }
  return undefined;
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: [...args] }).output()).success;
  } catch {
    return false;
  }
}

async function measure(folder: string): Promise<void> {
  await startLink();
  const tls = {
    cert: await Deno.readTextFile(`${folder}/cert.pem`),
    key: await Deno.readTextFile(`${folder}/key.pem`),
  };
  const rows: Record<string, Record<string, number>> = {};
  let worstMs = 0;
  for (const secure of [false, true]) {
    for (const messageBytes of [300, 2048]) {
      for (
        const [name, open] of [
          ["native", openNativeSocket],
          ["nodelay", openNoDelaySocket],
        ] as const
      ) {
        const messages = Number(values.messages);
        const plan = { open, near: NEAR, far: FAR, messageBytes, messages };
        const tookMs = await measureOneWay(secure ? { ...plan, tls } : plan);
        const at = (share: number) => Math.round(percentile(tookMs, share) * 10) / 10;
        rows[`${secure ? "wss" : "ws"}, ${messageBytes} bytes, ${name}`] = {
          p50Ms: at(0.5),
          p90Ms: at(0.9),
          p99Ms: at(0.99),
        };
        if (name === "nodelay") worstMs = Math.max(worstMs, at(0.5));
      }
    }
  }
  console.log(
    `Messages every 20 ms over a link of ${oneWayMs} ms each way; how long they take one way`,
  );
  console.table(rows);
  const limitMs = oneWayMs + 5;
  console.log(`Without delay: ${worstMs} ms at the worst median (at most ${limitMs})`);
  Deno.exit(worstMs <= limitMs ? 0 : 1);
}

async function startLink(): Promise<void> {
  const link = new Worker(new URL("./distance/link.ts", import.meta.url), { type: "module" });
  const ready = new Promise<LinkReady>((resolve) => {
    link.onmessage = ({ data }: MessageEvent<LinkReady>) => resolve(data);
  });
  link.postMessage({ delayMs: oneWayMs });
  const { device } = await ready;
  await ip("addr", "add", `${NEAR}/24`, "dev", device);
  await ip("link", "set", "dev", device, "up");
  await ip("link", "set", "dev", "lo", "up");
}

async function ip(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args] }).output();
  if (!success) throw new Error(`Cannot set up the link: ${new TextDecoder().decode(stderr)}`);
}
