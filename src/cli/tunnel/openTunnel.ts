import { hasGroups, killGroup, within } from "./processGroup.ts";
import type { TunnelTool } from "./tunnelTools.ts";
import { terminalText } from "../../utils/terminalText.ts";

/** A tunnel that is open. */
export interface Tunnel {
  /** The https origin at which the port is reached. */
  readonly origin: string;
  /** Resolves when the program has ended, by itself or not. */
  readonly ended: Promise<void>;
  /** Ends the program and what it has started; resolves when they have ended, or cannot be waited for any longer. */
  close(): Promise<void>;
}

const START_MS = 45_000;
const UP_MS = 10_000;
const CLOSE_MS = 5000;
/** How long the last words may take after the end, and the end after SIGKILL. */
const REST_MS = 500;
const KEPT_LINES = 8;

/**
 * Starts the program and reads the address it gets. Rejects, with its last lines, where there is none. `onStart` gets
 * its process id at once, and returns what is called when it has ended; where it throws, the program is ended.
 */
export async function openTunnel(
  { tool, program }: { readonly tool: TunnelTool; readonly program: string },
  port: number,
  signal: AbortSignal,
  onStart: (pid: number) => () => void,
): Promise<Tunnel> {
  const child = new Deno.Command(program, {
    args: [...tool.args(port)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // A group of its own: the program may be a script that starts the real one, and Ctrl-C is not meant for it.
    detached: hasGroups,
  }).spawn();
  let onEnd = () => {};
  const found = Promise.withResolvers<string>();
  const up = Promise.withResolvers<void>();
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(terminalText(line.slice(0, 300), { by: " " }));
    if (lines.length > KEPT_LINES) lines.shift();
    const origin = tool.readOrigin(line);
    if (origin !== undefined) found.resolve(new URL(origin).origin);
    if (tool.isUp === undefined ? origin !== undefined : tool.isUp.test(line)) up.resolve();
  };
  const reading = new AbortController();
  const read = Promise.all([
    readLines(child.stdout, onLine, reading.signal),
    readLines(child.stderr, onLine, reading.signal),
  ]);
  // What it has started may hold its output open.
  const ended = child.status.then(() => within(read, REST_MS));
  const failed = (why: string) =>
    found.reject(
      new Error([`${tool.name} ${why}`, ...lines.map((line) => `  ${line}`)].join("\n")),
    );
  ended.then(() => failed("ended without an address. It said:"));
  const timer = setTimeout(() => failed("told no address. It said:"), START_MS);
  const stop = () => failed("is no longer wanted");
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  // It also fails as the program is closed, while nobody waits for it.
  found.promise.catch(() => {});
  try {
    onEnd = onStart(child.pid);
    const origin = await found.promise;
    // Its words may be others in a later version: what counts is the address.
    const late = setTimeout(up.resolve, UP_MS);
    await Promise.race([up.promise, ended]);
    clearTimeout(late);
    return { origin, ended, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }

  async function close(): Promise<void> {
    const gone = Promise.all([child.status, read]);
    killGroup(child, "SIGTERM");
    await within(gone, CLOSE_MS);
    killGroup(child, "SIGKILL");
    await within(gone, REST_MS);
    reading.abort();
    await read;
    onEnd();
  }
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = stream.getReader();
  signal.addEventListener("abort", () => void reader.cancel());
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = (parts.pop() ?? "").slice(-MAX_LINE);
    parts.forEach(onLine);
  }
  if (rest !== "") onLine(rest);
}

const MAX_LINE = 10_000;
