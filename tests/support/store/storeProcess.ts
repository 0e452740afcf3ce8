import type { DatabaseSettings } from "../../../src/config/settings.ts";

/** A process of its own that works on a store and reports line by line, to be killed at will. */
export class StoreProcess {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(task: "writeTurns" | "reserve", settings: DatabaseSettings, argument: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--allow-all"],
        new URL("./storeProcessMain.ts", import.meta.url).href,
        ...[task, JSON.stringify(settings), argument],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Gives the lines that were reported, at least so many. */
  async untilReported(count: number): Promise<readonly string[]> {
    const lines: string[] = [];
    while (lines.length < count) {
      const { done, value } = await this.#lines.read();
      if (done) throw new Error(`Cannot read a report: the process ended after ${lines.length}`);
      const parts = (this.#rest + value).split("\n");
      this.#rest = parts.pop() ?? "";
      lines.push(...parts);
    }
    return lines;
  }

  /** Lets the process begin what it has made ready. */
  async begin(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("\n"));
    writer.releaseLock();
  }

  /** At once, as a power cut would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended();
  }

  async ended(): Promise<void> {
    await this.#child.stdin.close().catch(() => {});
    await this.#lines.cancel();
    await this.#child.status;
  }
}
