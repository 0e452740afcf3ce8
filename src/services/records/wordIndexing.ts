import type { WordIndex } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { createPollLoop, type PollLoop } from "../../utils/pollLoop.ts";

export interface WordIndexingDeps extends Pick<Clock, "setTimer"> {
  readonly words: Pick<WordIndex, "update">;
  readonly log: Pick<Log, "warn">;
}

/** Few, as other writes to SQLite wait for them. */
const CALLS_AT_ONCE = 5;
/** Between them, where many are behind as after an update of the server. */
const PAUSE_MS = 20;
const IDLE_MS = 2000;
const FAILED_MS = 10_000;

/** Keeps the index of what was said in calls up to date, in the background. */
export function createWordIndexing({ words, setTimer, log }: WordIndexingDeps) {
  let loop: PollLoop | undefined;

  async function index(): Promise<number> {
    try {
      return await words.update(CALLS_AT_ONCE) < CALLS_AT_ONCE ? IDLE_MS : PAUSE_MS;
    } catch (error) {
      log.warn("Words of calls not indexed", { error });
      return FAILED_MS;
    }
  }

  return {
    start(): void {
      loop ??= createPollLoop(index, setTimer);
    },
    /** A call is over: its words can be found soon. */
    wake: (): void => loop?.wake(),
    async close(): Promise<void> {
      await loop?.close();
    },
  };
}
