import { ACCOUNT } from "../../bench/load/account.ts";
import { openSockets } from "../../bench/load/measure.ts";
import { startParley, type Subject } from "../../bench/load/subject.ts";

/** What a process holds when all garbage is gone; bytes. */
export interface MemoryReport {
  readonly heapUsed: number;
  /** With what V8 has set aside for more. */
  readonly heapTotal: number;
  readonly external: number;
  /** Maps and sets by the place where they are made: how many there are, and what is in them together. */
  readonly collections: Readonly<
    Record<string, { readonly entries: number; readonly alive: number }>
  >;
  /** Timers that will fire yet, by the place where they were set. */
  readonly timers: Readonly<Record<string, number>>;
}

export interface WatchedServer extends Subject, AsyncDisposable {
  memory(): Promise<MemoryReport>;
  /** Where `fast` was asked for: from now on its clock runs as `fastClock.ts` says. */
  hurry(): void;
  readonly sockets: number;
  /** What it has logged, the newest lines. */
  readonly logged: string[];
}

const REPORT = "MEMORY ";
const MAX_LOGGED = 1000;

/** Parley, able to report its memory, and with `fast` to hurry. */
export async function startWatchedParley(
  modelUrl: string,
  settings: Record<string, string>,
  { fast = false }: { readonly fast?: boolean } = {},
): Promise<WatchedServer> {
  const logged: string[] = [];
  let reported = Promise.withResolvers<MemoryReport>();
  const subject = await startParley(modelUrl, ACCOUNT, { LOG_LEVEL: "warn", ...settings }, {
    preload: [
      "tests/soak/leaks/memoryReport.ts",
      ...(fast ? ["tests/soak/leaks/fastClock.ts"] : []),
    ],
    v8Flags: "--expose-gc",
    read: (output) => void readLines(output, take),
  });

  function take(line: string): void {
    if (line.startsWith(REPORT)) return reported.resolve(JSON.parse(line.slice(REPORT.length)));
    logged.push(line);
    if (logged.length > MAX_LOGGED) logged.shift();
  }

  return {
    ...subject,
    logged,
    get sockets() {
      return openSockets(subject.pid);
    },
    memory() {
      reported = Promise.withResolvers();
      Deno.kill(subject.pid, "SIGUSR2");
      return reported.promise;
    },
    hurry: () => Deno.kill(subject.pid, "SIGUSR1"),
    [Symbol.asyncDispose]: () => subject.stop(),
  };
}

async function readLines(
  output: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
}
