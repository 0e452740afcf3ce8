import { Worker as Thread } from "node:worker_threads";
import type { ThreadReport, ThreadRequest, TrialRequest, TrialResult } from "./trialMessages.ts";

const READY_MS = 60_000;
/** Beyond the limit that the thread itself keeps. */
const MARGIN_MS = 3000;
/** What is tried together, as at the start of the server, shares a thread. */
const IDLE_MS = 300;
/** Each of them has a processor for itself until the server ends. */
const MAX_STUCK = 2;
const MAX_HEAP_MB = 256;

/** `broken`: something that was loaded threw where nothing catches it. */
type ThreadEvent = ThreadReport | "broken" | "ended" | "late";

interface TrialThread {
  readonly tried: Set<string>;
  readonly isOver: boolean;
  send(request: ThreadRequest): void;
  next(ms: number): Promise<ThreadEvent>;
  end(): void;
}

/** Tries files one after another, in a thread that is kept while there are more of them. */
export class TrialRunner {
  #thread: TrialThread | undefined;
  #stuck = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  async perform(request: TrialRequest): Promise<TrialResult> {
    clearTimeout(this.#idle);
    const result = await this.#attempt(request).catch((): TrialResult => "unavailable");
    if (result === "loads") this.#idle = setTimeout(() => this.end(), IDLE_MS);
    else this.end();
    return result;
  }

  end(): void {
    clearTimeout(this.#idle);
    this.#thread?.end();
    this.#thread = undefined;
  }

  async #attempt({ path, limitMs }: TrialRequest): Promise<TrialResult> {
    // A thread loads a file once.
    if (this.#thread?.isOver || this.#thread?.tried.has(path)) this.end();
    const current = this.#thread ??= await readyThread();
    current.tried.add(path);
    current.send({ path, limitMs, mayAwait: this.#stuck < MAX_STUCK });
    let told = await current.next(limitMs + MARGIN_MS);
    const awaits = told === "awaits";
    if (awaits) told = await current.next(limitMs + MARGIN_MS);
    switch (told) {
      case "loads":
      case "never_ends":
      case "exits":
      case "not_tried":
        return told;
      case "late":
        if (!awaits) break;
        this.#stuck++;
        return "stuck";
    }
    // The thread is gone; that may be the doing of another file that was tried in it.
    this.end();
    if (current.tried.size > 1) return await this.#attempt({ path, limitMs });
    if (told === "ended") return "exits";
    // What throws in a timer would make a line in the server's log.
    return told === "broken" ? "loads" : "memory";
  }
}

async function readyThread(): Promise<TrialThread> {
  const started = startThread();
  if (await started.next(READY_MS) === "ready") return started;
  started.end();
  throw new Error("Cannot start a thread for trials");
}

function startThread(): TrialThread {
  const url = new URL("./trialThread.ts", import.meta.url);
  const started = new Thread(url, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
  const events: ThreadEvent[] = [];
  let wake = (): void => {};
  const add = (event: ThreadEvent) => {
    events.push(event);
    wake();
  };
  started.on("message", add);
  started.on("error", (error) => {
    add("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : "broken");
  });
  let isOver = false;
  started.on("exit", () => {
    isOver = true;
    add("ended");
  });
  return {
    tried: new Set(),
    get isOver() {
      return isOver;
    },
    send: (request) => started.postMessage(request),
    async next(ms) {
      if (events.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const late = setTimeout(resolve, ms);
        await promise;
        clearTimeout(late);
      }
      return events.shift() ?? "late";
    },
    end: () => void started.terminate(),
  };
}
