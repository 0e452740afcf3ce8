import { slowerWhereBusy } from "./slowerWhereBusy.ts";

const root = new URL("../../../", import.meta.url);

/** A folder with an agent and scenarios, in which the command runs as its users run it. */
export interface RehearsalFolder extends AsyncDisposable {
  readonly path: string;
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  /** Runs `deno task rehearse` there, without the environment of the tests. */
  run(args: readonly string[], options?: RunTaskOptions): Promise<TaskEnd>;
}

export interface RunTaskOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The command has a terminal, and both its outputs go there. */
  readonly onTerminal?: boolean;
  /** Interrupts the command once it has printed this. */
  readonly interruptAt?: RegExp;
}

export interface TaskEnd {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

const AGENT = "---\ntitle: Desk\ngreeting: Hello there.\nvoice: marin\n---\nHelp.\n";

export async function makeRehearsalFolder(): Promise<RehearsalFolder> {
  const path = await Deno.makeTempDir({ prefix: "rehearse-" });
  await Deno.mkdir(`${path}/agents/scenarios`, { recursive: true });
  await Deno.writeTextFile(`${path}/agents/desk.md`, AGENT);
  return {
    path,
    write: (name, text) => Deno.writeTextFile(`${path}/${name}`, text),
    read: (name) => Deno.readTextFile(`${path}/${name}`),
    run: (args, options) => slowerWhereBusy(args, (args) => run(path, args, options)),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** A short call; `expect` are further lines below `expect:`. */
export function shortScenario(title: string, ...expect: readonly string[]): string {
  return [
    `title: ${title}`,
    "agent: desk",
    "caller:",
    "  - hears: Hello there",
    "  - hang_up: true",
    "expect:",
    "  - heard: Hello there",
    ...expect.map((line) => `  - ${line}`),
    "",
  ].join("\n");
}

async function run(
  cwd: string,
  args: readonly string[],
  { env = {}, onTerminal = false, interruptAt }: RunTaskOptions = {},
): Promise<TaskEnd> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const [, ...flags] = String(tasks.rehearse.command).split(" ");
  const script = flags.pop() ?? "";
  const command = [
    ...flags,
    ...["--config", new URL("deno.json", root).pathname, new URL(script, root).pathname],
    ...args,
  ];
  const child = new Deno.Command(onTerminal ? "script" : Deno.execPath(), {
    args: onTerminal
      ? ["-qec", [Deno.execPath(), ...command].map(quoted).join(" "), "/dev/null"]
      : command,
    cwd,
    clearEnv: true,
    env: { AGENTS_DIR: "agents", TERM: "xterm", ...inherited(), ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isInterrupted = false;
  const [printed, complained, { code }] = await Promise.all([
    textOf(child.stdout, (text) => {
      if (isInterrupted || interruptAt?.test(text) !== true) return;
      isInterrupted = true;
      // As a terminal and `deno task` both pass it on.
      child.kill("SIGINT");
      child.kill("SIGINT");
    }),
    textOf(child.stderr),
    child.status,
  ]);
  return { code, printed, complained };
}

async function textOf(
  stream: ReadableStream<Uint8Array>,
  onMore: (text: string) => void = () => {},
): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const before = text;
    text += part;
    if (text !== before) onMore(text);
  }
  return text;
}

/** What Deno itself needs to find its modules again. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
