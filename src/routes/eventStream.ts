import type { EventHead, EventLog, LogStart, SharedEvent } from "../services/events.ts";

/** Writes an event as a server-sent event. */
export function writeServerSentEvent({ type, data }: SharedEvent, id: string): string {
  return `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`;
}

/**
 * Streams events to one reader at the reader's pace: the log is read only when there is room for more,
 * so a reader that stops costs nothing. Events that were dropped before it read on are reported as `missed`.
 */
export function createEventStream(
  eventLog: EventLog,
  { from, wanted, lastType, isOver, heartbeatMs, signal, onClose }: {
    readonly from: LogStart;
    readonly wanted: (event: EventHead) => boolean;
    /** The stream ends after an event of this type. */
    readonly lastType?: EventHead["type"];
    /** Asked on each heartbeat: the last event may have been lost on its way from another process. */
    readonly isOver: () => Promise<boolean>;
    /** Interval of comments while there are no events: proxies close silent connections. */
    readonly heartbeatMs: number;
    /** Ends the stream. */
    readonly signal: AbortSignal;
    /** Called once, however the stream comes to its end. */
    readonly onClose: () => void;
  },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reader = new AbortController();
  const { after } = from;
  let position = Math.min(from.position, eventLog.end);
  let isCancelled = false;
  let wasOver = false;
  let preamble = "retry: 2000\n\n";
  if (from.missed !== undefined) preamble += missed(from.missed);
  signal.addEventListener("abort", close);

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { text, over } = await next();
        if (isCancelled) return;
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (!over) return;
        controller.close();
        close();
      } catch (error) {
        close();
        throw error;
      }
    },
    cancel() {
      isCancelled = true;
      close();
    },
  }, { highWaterMark: 0 });

  async function next(): Promise<{ readonly text: string; readonly over: boolean }> {
    let text = preamble;
    preamble = "";
    for (;;) {
      if (reader.signal.aborted) return { text: "", over: true };
      const page = eventLog.read(position, { wanted, after });
      position = page.position;
      if (page.missed) text += missed("too_late", page.id ?? eventLog.endId);
      for (const event of page.events) {
        text += event.text;
        if (event.type === lastType) return { text, over: true };
      }
      if (text !== "" || eventLog.closed) return { text, over: eventLog.closed };
      if (position < eventLog.end) continue;
      await eventLog.wait(position, heartbeatMs, reader.signal);
      if (reader.signal.aborted || eventLog.closed) return { text: "", over: true };
      if (position < eventLog.end) continue;
      // Ends only at the second heartbeat: until then the last event may still be on its way.
      const over = await isOver();
      const isLate = wasOver && position === eventLog.end;
      wasOver = over;
      return { text: ": still here\n\n", over: over && isLate };
    }
  }

  /** Without an id, readers keep the last one they had. */
  function missed(why: "restarted" | "too_late", id?: string): string {
    const line = id === undefined ? "" : `id: ${id}\n`;
    return `${line}event: missed\ndata: ${JSON.stringify({ why })}\n\n`;
  }

  function close(): void {
    if (reader.signal.aborted) return;
    reader.abort();
    signal.removeEventListener("abort", close);
    onClose();
  }
}
