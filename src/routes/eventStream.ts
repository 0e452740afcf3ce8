import type { EventLog, LoggedEvent } from "../services/eventLog.ts";
import type { PublishedEvent } from "../services/events.ts";

/** One reading of the log, from a position on. */
export interface EventReading {
  readonly runId: string;
  /** Absent where the reader comes from another run of the server: then all there is, it has missed. */
  readonly from: number | undefined;
  readonly wanted: (event: LoggedEvent) => boolean;
  /** The stream ends behind an event of this type. */
  readonly last?: LoggedEvent["type"];
  /** Without events, a sign of life is sent so often: proxies and readers drop what is silent. */
  readonly heartbeatMs: number;
  /** Called once, however the stream comes to its end. */
  readonly onClose: () => void;
}

/** Writes the events of a run as server-sent events. */
export function writeServerSentEvent(
  runId: string,
): (published: PublishedEvent, position: number) => string {
  return ({ callId, atMs, event }, position) => {
    const data = JSON.stringify({ callId, at: new Date(atMs).toISOString(), event });
    return `id: ${runId}-${position}\nevent: ${event.type}\ndata: ${data}\n\n`;
  };
}

/** The position that an event's id stands for; nothing for an id of another run, or of no event. */
export function positionOf(eventId: string, runId: string): number | undefined {
  const [, run, position] = /^(.+)-(\d{1,15})$/.exec(eventId) ?? [];
  return run === runId ? Number(position) : undefined;
}

/**
 * Streams events to one reader, who sets the pace: what is read next is looked up in the log only when
 * there is room for it, so that a reader who stops costs nothing, and is told if it came back too late.
 */
export function createEventStream(
  log: EventLog,
  { runId, from, wanted, last, heartbeatMs, onClose }: EventReading,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reader = new AbortController();
  let position = Math.min(from ?? log.start, log.end);
  let greeting = "retry: 2000\n\n";
  if (from === undefined) greeting += missed("restarted");

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { text, over } = await next();
        // The reader may have left meanwhile.
        if (reader.signal.aborted) return;
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (!over) return;
        controller.close();
        close();
      } catch (error) {
        close();
        throw error;
      }
    },
    cancel: close,
  }, { highWaterMark: 0 });

  async function next(): Promise<{ readonly text: string; readonly over: boolean }> {
    let text = greeting;
    greeting = "";
    for (;;) {
      const page = log.read(position, wanted);
      position = page.position;
      if (page.missed) text += missed("too_late");
      for (const event of page.events) {
        text += event.text;
        if (event.type === last) return { text, over: true };
      }
      if (text !== "" || log.closed) return { text, over: log.closed };
      if (position < log.end) continue;
      await log.wait(position, heartbeatMs, reader.signal);
      if (reader.signal.aborted) return { text: "", over: true };
      if (log.closed) return { text: "", over: true };
      if (position === log.end) return { text: ": still here\n\n", over: false };
    }
  }

  function missed(why: "restarted" | "too_late"): string {
    return `id: ${runId}-${position}\nevent: missed\ndata: ${JSON.stringify({ why })}\n\n`;
  }

  function close(): void {
    if (reader.signal.aborted) return;
    reader.abort();
    onClose();
  }
}
