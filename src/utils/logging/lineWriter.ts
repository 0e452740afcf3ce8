import { deadline } from "../deadline.ts";

const MAX_CHUNK_BYTES = 64 * 1024;

/** Writes lines to a sink that may be slow or stop reading; the caller never waits. */
export type LineWriter = ReturnType<typeof createLineWriter>;

/** Creates a writer that keeps lines in order, and at most `maxWaitingBytes` in memory. */
export function createLineWriter({ sink, maxWaitingBytes = 1024 * 1024, onStalled, onRecovered }: {
  /** Writes at least one of the bytes and resolves with how many. */
  readonly sink: (bytes: Uint8Array) => Promise<number>;
  readonly maxWaitingBytes?: number;
  /** The first line has been dropped since the start or the last recovery. */
  readonly onStalled?: () => void;
  /** The queue is written again; `dropped` lines were lost. */
  readonly onRecovered?: (dropped: number) => void;
}) {
  const encoder = new TextEncoder();
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let droppedNow = 0;
  let writing: Promise<void> | undefined;
  let isBroken = false;

  async function writeAll(): Promise<void> {
    // Lines of the same turn of the event loop are written together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const chunk = dequeueChunk();
      try {
        for (let at = 0; at < chunk.bytes.length;) at += await sink(chunk.bytes.subarray(at));
      } catch {
        // The sink is closed for good, and there is no other place to report it.
        isBroken = true;
        count(chunk.lines + waiting.length);
        waiting = [];
        waitingBytes = 0;
        break;
      }
      waitingBytes -= chunk.bytes.length;
      // Inside the loop: what `onRecovered` logs is written too.
      if (waiting.length === 0) reportRecovery();
    }
    // Set here, not after this promise: a line in between would not start writing.
    writing = undefined;
  }

  function reportRecovery(): void {
    if (droppedNow === 0) return;
    const lost = droppedNow;
    droppedNow = 0;
    onRecovered?.(lost);
  }

  function dequeueChunk(): { readonly bytes: Uint8Array; readonly lines: number } {
    let length = 0;
    let lines = 0;
    while (lines < waiting.length && (lines === 0 || length < MAX_CHUNK_BYTES)) {
      length += waiting[lines++]?.length ?? 0;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const line of waiting.slice(0, lines)) {
      bytes.set(line, at);
      at += line.length;
    }
    waiting = waiting.slice(lines);
    return { bytes, lines };
  }

  function count(lines: number): void {
    dropped += lines;
    droppedNow += lines;
    if (droppedNow === lines) onStalled?.();
  }

  return {
    /** Lines dropped since the process started. */
    get dropped() {
      return dropped;
    },
    /** Queues a line (without its newline), or drops and counts it where the queue is full. */
    write(line: string): void {
      const bytes = encoder.encode(`${line}\n`);
      if (isBroken || waitingBytes + bytes.length > maxWaitingBytes) return count(1);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      writing ??= writeAll();
    },
    /** Settles when the queue is written, or after `withinMs`. */
    async flush(withinMs: number): Promise<void> {
      if (writing !== undefined) await deadline(writing, withinMs).catch(() => {});
    },
  };
}
