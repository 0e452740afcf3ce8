import type { Account } from "./caller.ts";
import type { CertificateFiles } from "./certificate.ts";
import { shown } from "./measure.ts";
import { freePort } from "../../support/servers/freePort.ts";

/** A server that is being measured, in a process of its own. */
export interface Subject {
  readonly name: string;
  readonly origin: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const ROOT = new URL("../../../", import.meta.url);

export async function startForwarder(
  modelUrl: string,
  { cpu, certificates }: Pick<ParleyOptions, "cpu" | "certificates"> = {},
): Promise<Subject> {
  const script = "tests/bench/load/forwarder.ts";
  const child = spawn(["run", "--quiet", "--allow-net=127.0.0.1", script, modelUrl], {
    cwd: ROOT,
    env: certificatesIn(certificates),
    stdout: "piped",
  }, cpu);
  const port = (await firstChunk(child.stdout)).trim();
  return subject("forwarder", `http://127.0.0.1:${port}`, child);
}

/** In front of the models, and in a process of its own on their core. */
export interface TlsRelay {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startTlsRelay(
  modelUrl: string,
  { certFile, keyFile }: CertificateFiles,
): Promise<TlsRelay> {
  const url = new URL(modelUrl);
  const script = "tests/bench/load/tlsRelay.ts";
  const allowed = ["--allow-net=127.0.0.1", `--allow-read=${certFile},${keyFile}`];
  const child = spawn(["run", "--quiet", ...allowed, script, certFile, keyFile, url.port], {
    cwd: ROOT,
    stdout: "piped",
  }, undefined);
  url.protocol = "wss:";
  url.port = (await firstChunk(child.stdout)).trim();
  return {
    url: url.href,
    async stop() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

export interface ParleyOptions {
  /** Another checkout of the repository. */
  readonly root?: string | URL;
  /** Modules to run before the server, in order. */
  readonly preload?: string | readonly string[];
  readonly v8Flags?: string;
  /** The only core that it may use. */
  readonly cpu?: number;
  /** A file of certificates to trust. */
  readonly certificates?: string;
  /** Receives the server's output, which is discarded otherwise. */
  readonly read?: (output: ReadableStream<Uint8Array>) => void;
}

/** With the permissions and V8's flags of `deno task start`. */
export async function startParley(
  modelUrl: string,
  account: Account,
  settings: Record<string, string> = {},
  { root = ROOT, preload = [], v8Flags, cpu, certificates, read }: ParleyOptions = {},
): Promise<Subject> {
  const port = freePort();
  const args = [
    "run",
    "--quiet",
    "-P=server",
    ...[preload].flat().map((module) => `--preload=${module}`),
    `--v8-flags=${[COLLECTOR, ...(v8Flags === undefined ? [] : [v8Flags])].join()}`,
    "src/index.ts",
  ];
  const child = spawn(args, {
    cwd: root,
    env: {
      ...certificatesIn(certificates),
      PORT: String(port),
      API_KEYS: "bench:0123456789abcdef",
      PUBLIC_URL: account.publicUrl,
      OPENAI_API_KEY: "sk-bench-0000000000000000",
      OPENAI_REALTIME_URL: modelUrl,
      TWILIO_ACCOUNT_SID: account.accountSid,
      TWILIO_AUTH_TOKEN: account.authToken,
      TWILIO_PHONE_NUMBER: account.number,
      DATABASE_URL: "sqlite::memory:",
      // A folder of other agents has a default of its own.
      ...(settings["AGENTS_DIR"] === undefined && { DEFAULT_AGENT: await agentOf(root) }),
      LOG_LEVEL: "error",
      MAX_CALLS: "1000",
      // All calls come from one number, at once.
      CALLER_DAILY_MINUTES: "off",
      INBOUND_DAILY_MINUTES: "off",
      INBOUND_DAILY_USD: "off",
      DAILY_MINUTES: "off",
      DAILY_USD: "off",
      // While others are measured, nobody talks.
      IDLE_SECONDS: "3600",
      ...settings,
    },
    stdout: read === undefined ? "null" : "piped",
  }, cpu);
  read?.(child.stdout);
  const origin = `http://127.0.0.1:${port}`;
  await answering(`${origin}/health`);
  return { ...subject("parley", origin, child), pid: serverPid(child.pid) };
}

/**
 * An agent without tools that callers wait for: one that has some asks silent callers sooner whether it
 * has done what it said, and would say more. Older checkouts have no such agent, and none with such tools.
 */
async function agentOf(root: string | URL): Promise<string> {
  const base = root instanceof URL ? root : new URL(`file://${root.replace(/\/?$/, "/")}`);
  const isThere = await Deno.stat(new URL("src/agents/assistant.md", base)).then(
    () => true,
    () => false,
  );
  return isThere ? "assistant" : "receptionist";
}

/** As in `deno.json`, so that all checkouts that are compared run alike. */
const COLLECTOR = "--no-incremental-marking-task,--no-memory-reducer";

function spawn(
  args: readonly string[],
  options: Deno.CommandOptions,
  cpu: number | undefined,
): Deno.ChildProcess {
  const command = cpu === undefined
    ? new Deno.Command(Deno.execPath(), { ...options, args: [...args] })
    : new Deno.Command("taskset", {
      ...options,
      args: ["--cpu-list", String(cpu), Deno.execPath(), ...args],
    });
  return command.spawn();
}

function certificatesIn(file: string | undefined): Record<string, string> {
  return file === undefined ? {} : { DENO_CERT: file };
}

function subject(name: string, origin: string, child: Deno.ChildProcess): Subject {
  return {
    name,
    origin,
    pid: child.pid,
    async stop() {
      const pid = serverPid(child.pid);
      if (pid !== child.pid) Deno.kill(pid, "SIGKILL");
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** `deno task` runs the server in a child of its own. */
function serverPid(pid: number): number {
  const children = shown("cat", `/proc/${pid}/task/${pid}/children`).trim();
  return children === "" ? pid : serverPid(Number(children.split(" ")[0]));
}

async function answering(url: string): Promise<void> {
  const until = performance.now() + 60_000;
  while (performance.now() < until) {
    const ok = await fetch(url).then((response) => response.body?.cancel(), () => false);
    if (ok !== false) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Cannot reach ${url}: no answer in 60 s`);
}

async function firstChunk(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}
