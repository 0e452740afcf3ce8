import type { Context } from "@hono/hono";
import type { Clock } from "../utils/clock.ts";
import type { CallerEnv } from "./middleware/access.ts";
import { createStreamSlots, type Endings } from "./middleware/streamSlots.ts";

/** Tables that are written at a time, by one key and by all. */
const MAX_PER_KEY = 3;
const MAX_TABLES = 30;
/** A reader takes the next piece within it, and the whole table within the other. */
const IDLE_MS = 60_000;
const WHOLE_MS = 30 * 60_000;

export type TableStreams = ReturnType<typeof createTableStreams>;

/** Answers with tables as CSV, at the pace of their readers and within limits. */
export function createTableStreams({ setTimer, revocation }: Pick<Clock, "setTimer"> & {
  /** Who reads with a key or session that is over gets no more. */
  readonly revocation: Endings;
}) {
  const slots = createStreamSlots({
    maxStreamsPerKey: MAX_PER_KEY,
    maxStreams: MAX_TABLES,
    what: "tables",
    revocation,
    setTimer,
  });

  /**
   * Throws an `HttpProblem` where too many are open. A table that is not read to its end in time breaks off, so
   * that its reader sees that it is not whole.
   */
  return function sendTable<E extends CallerEnv>(
    c: Context<E>,
    fileName: string,
    lines: () => AsyncGenerator<string>,
  ): Response {
    const headers = {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    return c.body(limited(lines(), slots.open(c.get("caller"))), 200, headers);
  };

  function limited(
    lines: AsyncGenerator<string>,
    { signal, release }: ReturnType<typeof slots.open>,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const encoder = new TextEncoder();
    let breakOff: (why: string) => void = () => {};
    const isLate = () => breakOff("it took too long");
    const cancelWhole = setTimer(isLate, WHOLE_MS);
    let cancelIdle = setTimer(isLate, IDLE_MS);
    let isClosed = false;

    function close(): void {
      isClosed = true;
      cancelWhole();
      cancelIdle();
      release();
      lines.return(undefined).catch(() => {});
    }

    return new ReadableStream({
      start(controller) {
        breakOff = (why) => {
          if (isClosed) return;
          close();
          controller.error(new Error(`Cannot go on with the table: ${why}`));
        };
        signal.addEventListener("abort", () => breakOff("its key is not valid any more"));
      },
      async pull(controller) {
        cancelIdle();
        try {
          const { done, value } = await lines.next();
          if (isClosed) return;
          if (done === true) {
            close();
            return controller.close();
          }
          cancelIdle = setTimer(isLate, IDLE_MS);
          controller.enqueue(encoder.encode(value));
        } catch (error) {
          close();
          throw error;
        }
      },
      cancel: close,
    }, { highWaterMark: 0 });
  }
}
