import { ACCOUNT } from "../load/account.ts";
import { startParley, type Subject } from "../load/subject.ts";

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
}

export interface WatchedServer extends Subject {
  memory(): Promise<MemoryReport>;
}

/** Parley, able to report its memory. */
export async function startWatchedParley(
  modelUrl: string,
  settings: Record<string, string>,
): Promise<WatchedServer> {
  let lines: ReadableStreamDefaultReader<string> | undefined;
  const subject = await startParley(modelUrl, ACCOUNT, settings, {
    preload: "tests/bench/soak/memoryReport.ts",
    v8Flags: "--expose-gc",
    read: (output) => lines = output.pipeThrough(new TextDecoderStream()).getReader(),
  });
  let printed = "";
  return {
    ...subject,
    async memory() {
      Deno.kill(subject.pid, "SIGUSR2");
      for (;;) {
        const report = /^\{.*\}\n/m.exec(printed)?.[0];
        if (report !== undefined) {
          printed = "";
          return JSON.parse(report);
        }
        const { done, value } = await lines!.read();
        if (done) throw new Error("Cannot read the server's memory: it has ended");
        printed += value;
      }
    },
  };
}
