import { BoundedMap } from "../../utils/boundedMap.ts";
import { TrialRunner } from "./trialRunner.ts";
import type { TrialRequest, TrialResult } from "./trialMessages.ts";

export interface ModuleTrialsOptions {
  /** Called once, where files of code have to be loaded without a trial. */
  readonly onUnavailable: (error: unknown) => void;
  readonly limitMs?: number;
}

/** Loading a tool takes milliseconds, with a large package a second. */
const LIMIT_MS = 5000;
const MAX_KNOWN = 1000;
const UNFINISHED = "it was not tried to its end";

/**
 * Loads files of code in a thread of their own first, where a loop without an end, what ends the process
 * and what takes all memory costs nothing else. Threads are started when they are needed.
 */
export class ModuleTrials implements Disposable {
  readonly #options: ModuleTrialsOptions;
  /** By what was tried: it is not tried again. */
  readonly #known = new BoundedMap<string, TrialResult>(MAX_KNOWN);
  readonly #runner = new TrialRunner();
  #isStarted = false;
  #host: Worker | undefined;
  #waiting: PromiseWithResolvers<TrialResult> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isAvailable = true;
  #closed = false;

  constructor(options: ModuleTrialsOptions) {
    this.#options = options;
  }

  /** Rejects with the reason why a file may not be loaded. `key` differs with what it holds. */
  async pass(path: string, key: string): Promise<void> {
    const { limitMs = LIMIT_MS } = this.#options;
    const result = this.#last.then(async () => {
      const known = this.#known.get(`${path} ${key}`);
      if (known !== undefined || !this.#isAvailable) return known ?? "unavailable";
      const result = await this.#ask({ path, limitMs });
      if (result !== "unavailable") this.#known.set(`${path} ${key}`, result);
      return result;
    });
    this.#last = result.catch(() => {});
    const reason = reasonOf(await result, limitMs);
    if (reason !== undefined) throw new Error(reason);
  }

  /** From now on nothing may stall this thread; `soon` where files are going to be tried. */
  start(soon: boolean): void {
    this.#isStarted = true;
    if (soon && this.#isAvailable) this.#startHost();
  }

  /** Ends all threads; a later trial starts others. */
  rest(): void {
    this.#runner.end();
    this.#host?.terminate();
    this.#host = undefined;
    this.#waiting?.reject(new Error(UNFINISHED));
    this.#waiting = undefined;
  }

  /** Ends all threads, and tries nothing any more. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.rest();
  }

  async #ask(request: TrialRequest): Promise<TrialResult> {
    if (this.#closed) throw new Error(UNFINISHED);
    const result = this.#isStarted
      ? await this.#askHost(request)
      : await this.#runner.perform(request);
    if (result === "unavailable") this.#giveUp(new Error("there are no threads"));
    return result;
  }

  async #askHost(request: TrialRequest): Promise<TrialResult> {
    const host = this.#startHost();
    if (host === undefined) return "unavailable";
    const waiting = Promise.withResolvers<TrialResult>();
    this.#waiting = waiting;
    host.postMessage(request);
    return await waiting.promise;
  }

  #startHost(): Worker | undefined {
    if (this.#host !== undefined) return this.#host;
    try {
      const url = new URL("./trialHost.ts", import.meta.url);
      const host = new Worker(url, { type: "module", name: "tool trials" });
      host.onmessage = ({ data }: MessageEvent<TrialResult>) => this.#waiting?.resolve(data);
      host.onerror = (event) => {
        event.preventDefault();
        if (this.#host === host) this.rest();
      };
      return this.#host = host;
    } catch (error) {
      // Not every host of this program has threads.
      this.#giveUp(error);
      return undefined;
    }
  }

  #giveUp(error: unknown): void {
    if (this.#isAvailable) this.#options.onUnavailable(error);
    this.#isAvailable = false;
  }
}

function reasonOf(result: TrialResult, limitMs: number): string | undefined {
  switch (result) {
    case "loads":
    case "unavailable":
      return undefined;
    case "never_ends":
      return `it was not loaded within ${limitMs / 1000} s: its top level never ends`;
    case "stuck":
      return `it was not loaded within ${limitMs / 1000} s: its top level never ends, and takes ` +
        "a processor until the server is started again";
    case "exits":
      return "it ends the process at its top level, and would end the server";
    case "memory":
      return "its top level takes more memory than a tool may";
    case "not_tried":
      return "it awaits something at its top level: such files can be loaded again once the server " +
        "was started again, as others before it never ended";
  }
}
