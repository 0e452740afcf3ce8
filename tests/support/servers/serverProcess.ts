import { DatabaseSync } from "node:sqlite";
import config from "../../../deno.json" with { type: "json" };
import { Inbox } from "../inbox.ts";
import { apiKey } from "./phoneServer.ts";

const root = new URL("../../../", import.meta.url);

export interface ServerProcessOptions {
  /** Over the settings of a working phone; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the database and the agents are; a folder is made otherwise, and removed at the end. */
  readonly data?: DataFolder;
  /** A module to run before the server, relative to the repository. */
  readonly preload?: string;
  /** The port of 127.0.0.1 at which its inspector listens. */
  readonly inspectAt?: number;
}

/** The server as an operator starts it: a process with the permissions of `deno task start`. */
export interface ServerProcess extends AsyncDisposable {
  readonly origin: string;
  readonly pid: number;
  /** What it printed before it was ready. */
  readonly screen: string;
  /** Every line of its output and its errors. */
  readonly lines: Inbox<string>;
  /** Reads its output no more, until the function that this gives is called. */
  stopReading(): () => void;
  /** Reads a call, or whatever else the key opens. */
  get(path: string): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
  /** Signals it as `kill` does. */
  signal(signal: Deno.Signal): void;
  /** The code with which it ended; waits for that. */
  ended(): Promise<number>;
}

/** Starts the server on a free port, or on the one that `env` names, and waits until it is ready. */
export async function startServerProcess(
  { env = {}, data, ...flags }: ServerProcessOptions = {},
): Promise<ServerProcess> {
  const ownData = data === undefined ? await makeDataFolder() : undefined;
  const folder = data ?? ownData!;
  const { child, lines, printed, reading } = spawn({
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_FORMAT: "json",
    LOG_LEVEL: "debug",
    DATABASE_URL: `sqlite:${folder.path}/parley.db`,
    API_KEYS: `ops:${apiKey};scopes=admin`,
    ...env,
  }, flags);
  const ended = child.status.then(async ({ code }) => {
    await printed;
    return code;
  });
  const early = ended.then(() => {
    throw new Error(`Cannot start the server; it said:\n${lines.all.join("\n")}`);
  });
  early.catch(() => {});
  await Promise.race([lines.find((line) => line.includes("Ctrl-C stops")), early]);
  const screen = lines.all.join("\n");
  const origin = /http:\/\/[\w.]+:\d+/.exec(screen)?.[0];
  if (origin === undefined) throw new Error(`Cannot find the address in: ${screen}`);
  const headers = { Authorization: `Bearer ${apiKey}` };

  return {
    origin,
    screen,
    lines,
    pid: child.pid,
    stopReading() {
      const again = Promise.withResolvers<void>();
      reading.goOn = again.promise;
      return again.resolve;
    },
    get: (path) => fetch(origin + path, { headers }),
    post: (path, body = {}) =>
      fetch(origin + path, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    signal: (signal) => child.kill(signal),
    ended: () => ended,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      reading.stopped.resolve();
      await ended;
      await ownData?.[Symbol.asyncDispose]();
    },
  };
}

/** Runs the server for as long as it lives by itself: for settings with which it does not start. */
export async function runServerProcess(
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly code: number; readonly printed: string }> {
  const { child, lines, printed } = spawn({ LOG_FORMAT: "json", ...env });
  const { code } = await child.status;
  await printed;
  return { code, printed: lines.all.join("\n") };
}

/** A folder that the server may write to; it may nowhere else. */
export interface DataFolder extends AsyncDisposable {
  /** Relative to the repository. */
  readonly path: string;
  /** Puts an agent there, under the default's name; gives the setting that finds it. */
  agent(frontMatter: string): Promise<{ readonly AGENTS_DIR: string }>;
  /** How many servers have a heartbeat in this database. */
  instances(): number;
  /** As if the servers that have used this database had been gone for long. */
  letTimePass(): void;
}

export async function makeDataFolder(): Promise<DataFolder> {
  await Deno.mkdir(new URL("data", root), { recursive: true });
  const made = await Deno.makeTempDir({ dir: new URL("data", root).pathname, prefix: "test-" });
  const path = `data/${made.split("/").at(-1)}`;
  return {
    path,
    async agent(frontMatter) {
      await Deno.mkdir(`${made}/agents`, { recursive: true });
      const text = `---\ntitle: Desk\n${frontMatter}\n---\nHelp.\n`;
      await Deno.writeTextFile(`${made}/agents/receptionist.md`, text);
      return { AGENTS_DIR: `${path}/agents` };
    },
    instances() {
      using database = new DatabaseSync(`${made}/parley.db`);
      return Number(database.prepare("SELECT COUNT(*) AS count FROM instances").get()?.count);
    },
    letTimePass() {
      using database = new DatabaseSync(`${made}/parley.db`);
      database.exec("UPDATE instances SET beat_at = 0");
    },
    [Symbol.asyncDispose]: () => Deno.remove(made, { recursive: true }),
  };
}

function spawn(
  env: Readonly<Record<string, string | undefined>>,
  { preload, inspectAt }: Pick<ServerProcessOptions, "preload" | "inspectAt"> = {},
) {
  const [, ...args] = config.tasks.start.command.split(" ");
  const flags = [
    ...(preload === undefined ? [] : [`--preload=${preload}`]),
    ...(inspectAt === undefined ? [] : [`--inspect=127.0.0.1:${inspectAt}`]),
  ];
  const child = new Deno.Command(Deno.execPath(), {
    // A developer's own .env must not decide what is tested.
    args: args.flatMap((arg) => arg === "--env-file" ? flags : [arg]),
    cwd: root,
    clearEnv: true,
    env: { ...inherited(), ...present(env) },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = new Inbox<string>();
  const reading: Reading = { goOn: Promise.resolve(), stopped: Promise.withResolvers() };
  const printed = Promise.all([
    readLines(child.stdout, lines, reading),
    readLines(child.stderr, lines, reading),
  ]);
  return { child, lines, printed, reading };
}

/** What Deno itself needs to find its modules again. */
function inherited(): Record<string, string> {
  return present({
    PATH: Deno.env.get("PATH"),
    HOME: Deno.env.get("HOME"),
    DENO_DIR: Deno.env.get("DENO_DIR"),
  });
}

function present(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) kept[name] = value;
  return kept;
}

interface Reading {
  goOn: Promise<void>;
  readonly stopped: PromiseWithResolvers<void>;
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  lines: Inbox<string>,
  reading: Reading,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) lines.add(line);
    await Promise.race([reading.goOn, reading.stopped.promise]);
  }
  if (rest !== "") lines.add(rest);
}
