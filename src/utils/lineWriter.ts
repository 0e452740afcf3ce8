/** Writes lines to something that may be slow or stop reading; nobody ever waits for it. */
export interface LineWriter {
  /** Takes a line without its end, or drops and counts it where too much waits already. */
  write(line: string): void;
  /** Lines that were dropped since the process began. */
  readonly dropped: number;
  /** Settles when what waits is written, or after so long. */
  flush(withinMs: number): Promise<void>;
}

export interface LineWriterOptions {
  /** Writes some of the bytes, at least one, and gives how many. */
  readonly sink: (bytes: Uint8Array) => Promise<number>;
  readonly maxWaitingBytes?: number;
  /** The first line since all was well has been dropped. */
  readonly onStalled?: () => void;
  /** All that waited is written; so many lines were dropped meanwhile. */
  readonly onRecovered?: (dropped: number) => void;
}

const MAX_CHUNK_BYTES = 64 * 1024;

/** Creates a writer that keeps the order of its lines, and so many bytes of them at most. */
export function createLineWriter(
  { sink, maxWaitingBytes = 1024 * 1024, onStalled, onRecovered }: LineWriterOptions,
): LineWriter {
  const encoder = new TextEncoder();
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let droppedNow = 0;
  let writing: Promise<void> | undefined;
  let isBroken = false;

  async function writeAll(): Promise<void> {
    // What comes in the same moment goes out together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const chunk = takeChunk();
      try {
        for (let at = 0; at < chunk.bytes.length;) at += await sink(chunk.bytes.subarray(at));
      } catch {
        // Who read it is gone for good: there is nobody to be told.
        isBroken = true;
        count(chunk.lines + waiting.length);
        waiting = [];
        waitingBytes = 0;
        break;
      }
      waitingBytes -= chunk.bytes.length;
      // What is logged of the recovery is written too.
      if (waiting.length === 0) tellRecovery();
    }
    // Not after this promise: a line that came in between would start no writing.
    writing = undefined;
  }

  function tellRecovery(): void {
    if (droppedNow === 0) return;
    const lost = droppedNow;
    droppedNow = 0;
    onRecovered?.(lost);
  }

  function takeChunk(): { readonly bytes: Uint8Array; readonly lines: number } {
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
    get dropped() {
      return dropped;
    },
    write(line) {
      const bytes = encoder.encode(`${line}\n`);
      if (isBroken || waitingBytes + bytes.length > maxWaitingBytes) return count(1);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      writing ??= writeAll();
    },
    async flush(withinMs) {
      if (writing === undefined) return;
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, withinMs);
      await Promise.race([writing, late.promise]);
      clearTimeout(timer);
    },
  };
}
