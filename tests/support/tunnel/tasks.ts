import config from "../../../deno.json" with { type: "json" };
import { rehearsal } from "../../../src/cli/phoneUsage.ts";
import { Inbox } from "../inbox.ts";
import { freePort } from "../servers/freePort.ts";
import type { FakeTools } from "./fakeTools.ts";

const root = new URL("../../../", import.meta.url);

/** A task, under way in a folder of its own. */
export interface Task extends AsyncDisposable {
  readonly lines: Inbox<string>;
  /** As Ctrl-C does. */
  interrupt(): void;
  /** As a service manager does: the first process alone gets it. */
  terminate(): void;
  /** As a power cut does. */
  kill(): void;
  ended(): Promise<number>;
}

/** What the README's first-time path needs: a fresh copy, and the settings of its second step. */
export async function makeCopy(settings: Readonly<Record<string, string>>) {
  const folder = await Deno.makeTempDir();
  for (const file of ["deno.json", "deno.lock", ".env.example"]) {
    await Deno.copyFile(new URL(file, root), `${folder}/${file}`);
  }
  await copyFolder(new URL("src", root).pathname, `${folder}/src`);
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join("");
  await Deno.writeTextFile(
    `${folder}/.env`,
    lines + await Deno.readTextFile(`${folder}/.env.example`),
  );
  return {
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Starts a task as `deno task` would, in the folder of a copy. */
export function start(
  task: "phone" | "dev" | "connect",
  args: readonly string[],
  { folder, tools, env = {} }: {
    readonly folder: string;
    readonly tools: FakeTools;
    readonly env?: Readonly<Record<string, string>>;
  },
): Task {
  const [, ...flags] = config.tasks[task].command.replaceAll("'", "").split(" ");
  // A group of its own, as a terminal makes one: Ctrl-C reaches all processes of it.
  const child = new Deno.Command("setsid", {
    args: [Deno.execPath(), ...flags, ...args],
    cwd: folder,
    clearEnv: true,
    env: {
      ...inherited("HOME", "DENO_DIR"),
      ...tools.env,
      PATH: `${tools.path}:${Deno.env.get("PATH")}`,
      ...env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = new Inbox<string>();
  const read = Promise.all([readLines(child.stdout, lines), readLines(child.stderr, lines)]);
  const ended = Promise.all([child.status, read]).then(([{ code }]) => code);
  const signal = (name: string, to = -child.pid) =>
    void new Deno.Command("kill", { args: [`-${name}`, "--", `${to}`], stderr: "null" })
      .outputSync();
  return {
    lines,
    interrupt: () => signal("INT"),
    terminate: () => signal("TERM", child.pid),
    kill: () => signal("KILL"),
    ended: () => ended,
    async [Symbol.asyncDispose]() {
      signal("KILL");
      killLeft(folder);
      await ended;
    },
  };
}

/** The file of the numbers and processes of tunnels. */
export const memoryIn = (folder: string) => `${folder}/data/connect-tunnel.json`;

/** What a command that was killed has left has groups of its own. */
function killLeft(folder: string): void {
  try {
    const { processes = [] } = JSON.parse(Deno.readTextFileSync(memoryIn(folder)));
    for (const { pid } of processes) Deno.kill(-pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}

function inherited(...names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = Deno.env.get(name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

async function readLines(stream: ReadableStream<Uint8Array>, lines: Inbox<string>): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) lines.add(line);
  }
}

/** What is set of the stand-in's number. */
export async function numberAt(apiUrl: string): Promise<Record<string, unknown>> {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = rehearsal;
  const response = await fetch(`${apiUrl}/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers.json`, {
    headers: { Authorization: `Basic ${btoa(`${sid}:${token}`)}` },
  });
  return (await response.json()).incoming_phone_numbers[0];
}

/** Those of somebody who starts, with the stand-in for Twilio and ports of their own. */
export function firstTimeSettings() {
  const { PUBLIC_URL: _, ...twilio } = rehearsal;
  const apiUrl = `http://127.0.0.1:${freePort()}`;
  return {
    ...{ ...twilio, TWILIO_API_URL: apiUrl },
    ...{ OPENAI_API_KEY: "rehearsal", PORT: String(freePort()) },
  };
}
