import { joinBytes } from "../../utils/joinBytes.ts";
import { CallTrack } from "./callTrack.ts";
import { faultCodeOf, RecordingFault } from "./recordingFault.ts";
import { RecordingFolder } from "./recordingFolder.ts";
import {
  CALLER_PIECE,
  PIECE_NUMBERS,
  type RecordingMessage,
  type RecordingNews,
  type RecordingOptions,
  type RecordingQuestion,
  type RecordingSize,
  type TapAudio,
} from "./recordingMessages.ts";
import { peaksBetween } from "./peaksBetween.ts";
import { silence } from "./trackSides.ts";
import { frameBytes, RATE_HZ, type SampleFile } from "./sampleFile.ts";
import { recordingKey } from "./sealedFile.ts";
import { wavHeader, wavHeaderBytes } from "./wavHeader.ts";

/** How often it is looked whether there is room on the disk. */
const LOOK_EVERY_MS = 5000;

interface Tap {
  readonly callId: string;
  readonly track: CallTrack;
}

/** Writes and reads the recordings of all calls, in a thread of its own: it waits for the disk. */
export class RecordingWriter {
  readonly #options: RecordingOptions;
  readonly #folder: RecordingFolder;
  readonly #tell: (news: RecordingNews) => void;
  readonly #now: () => number;
  readonly #taps = new Map<number, Tap>();
  #lookAt = -Infinity;

  constructor(
    options: RecordingOptions,
    { tell, now }: { readonly tell: (news: RecordingNews) => void; readonly now: () => number },
  ) {
    this.#options = options;
    this.#folder = new RecordingFolder(options.dir, options.keys.map(recordingKey));
    this.#tell = tell;
    this.#now = now;
  }

  handle(message: Exclude<RecordingMessage, { readonly type: "options" }>): void {
    switch (message.type) {
      case "open":
        return this.#open(message.tap, message.callId, message.format);
      case "audio":
        return this.#audio(message);
      case "change":
        return this.#try(message.tap, ({ track }) => track.change(message.change, message.atMs));
      case "close":
        return this.#try(message.tap, ({ track }) => {
          track.close(message.atMs);
          this.#taps.delete(message.tap);
          this.#tell({
            type: "closed",
            tap: message.tap,
            bytes: wavHeaderBytes(track.format) + track.bytes,
            durationMs: track.durationMs,
          });
        });
      case "ask":
        try {
          this.#tell({ type: "answer", id: message.id, answer: this.#answer(message.question) });
        } catch (error) {
          this.#tell({ type: "refused", id: message.id, code: faultCodeOf(error) });
        }
    }
  }

  #open(tap: number, callId: string, format: CallTrack["format"]): void {
    try {
      const free = this.#folder.freeBytes();
      if (free !== undefined && free < this.#options.minFreeBytes) {
        throw new RecordingFault("disk_full");
      }
      const file = this.#folder.openOrCreate(callId, format);
      this.#taps.set(tap, { callId, track: new CallTrack(file, this.#options.maxMs) });
    } catch (error) {
      this.#tell({ type: "failed", tap, code: faultCodeOf(error) });
    }
  }

  #audio({ bytes, pieces }: TapAudio): void {
    let at = 0;
    const touched = new Set<number>();
    for (let i = 0; i < pieces.length; i += PIECE_NUMBERS) {
      const [tap = 0, kind = 0, atMs = 0, length = 0] = pieces.subarray(i, i + PIECE_NUMBERS);
      const audio = bytes.subarray(at, at += length);
      touched.add(tap);
      this.#try(tap, ({ track }) => {
        if (kind === CALLER_PIECE) track.caller(audio, atMs);
        else track.agent(audio, atMs);
      });
    }
    for (const tap of touched) {
      this.#try(tap, ({ track }) => {
        track.flush();
        if (track.tooLong) throw new RecordingFault("too_long");
      });
    }
    this.#tell({ type: "taken", bytes: bytes.length });
    this.#look();
  }

  /** Where the disk gets full, all stop, before there is no room for what else the server has to write. */
  #look(): void {
    const now = this.#now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_EVERY_MS;
    const free = this.#folder.freeBytes();
    if (free === undefined || free >= this.#options.minFreeBytes) return;
    for (const tap of this.#taps.keys()) {
      this.#try(tap, () => {
        throw new RecordingFault("disk_full");
      });
    }
  }

  /** A recording that cannot go on ends as it is, by itself. */
  #try(number: number, work: (tap: Tap) => void): void {
    const tap = this.#taps.get(number);
    if (tap === undefined) return;
    try {
      work(tap);
    } catch (error) {
      this.#taps.delete(number);
      try {
        tap.track.abandon();
      } catch {
        // The disk has failed already.
      }
      this.#tell({ type: "failed", tap: number, code: faultCodeOf(error) });
    }
  }

  #answer(question: RecordingQuestion): unknown {
    switch (question.kind) {
      case "size":
        return this.#sizeOf(question.callId);
      case "read":
        return this.#with(question.callId, (file) => readWav(file, question));
      case "peaks":
        return this.#with(question.callId, (file) => peaksBetween(file, question.edges));
      case "silence": {
        const { callId, side, fromMs, toMs } = question;
        const running = this.#trackOf(callId);
        if (running !== undefined) return running.mute(side, fromMs, toMs);
        return this.#with(callId, (file) => {
          const at = (ms: number) => Math.max(0, Math.round(ms * RATE_HZ[file.format] / 1000));
          silence(file, side, { from: at(fromMs), to: at(toMs) });
          file.flush();
        }, true);
      }
      case "remove":
        for (const callId of question.callIds) this.#remove(callId);
        return undefined;
      case "list": {
        const { before } = question;
        const all = this.#folder.list();
        if (before === undefined) return all;
        return all.filter((callId) =>
          this.#trackOf(callId) === undefined && this.#folder.modifiedAt(callId) < before
        );
      }
      case "check":
        return this.#folder.check();
    }
  }

  #sizeOf(callId: string): RecordingSize {
    return this.#with(callId, (file) => {
      const samples = Math.floor(file.bytes / frameBytes(file.format));
      const hz = RATE_HZ[file.format];
      return {
        bytes: wavHeaderBytes(file.format) + file.bytes,
        durationMs: Math.round(samples / hz * 1000),
        modifiedAt: this.#folder.modifiedAt(callId),
        ...{ samples, hz },
      };
    });
  }

  #with<T>(callId: string, work: (file: SampleFile) => T, write = false): T {
    const file = this.#folder.open(callId, { write });
    try {
      return work(file);
    } finally {
      file.close();
    }
  }

  #trackOf(callId: string): CallTrack | undefined {
    return [...this.#taps.values()].find((tap) => tap.callId === callId)?.track;
  }

  /** What is still on the way for it is not kept. */
  #remove(callId: string): void {
    for (const [number, tap] of this.#taps) {
      if (tap.callId !== callId) continue;
      this.#taps.delete(number);
      tap.track.abandon();
      this.#tell({ type: "failed", tap: number, code: "removed" });
    }
    this.#folder.remove(callId);
  }
}

/** Bytes of the WAV file of that size from `from` to before `to`, as far as there are any. */
function readWav(
  file: SampleFile,
  { from, to, bytes }: Extract<RecordingQuestion, { readonly kind: "read" }>,
): Uint8Array<ArrayBuffer> {
  const header = wavHeader(file.format, bytes - wavHeaderBytes(file.format));
  const start = Math.max(0, from - header.length);
  const audio = file.read(start, Math.max(0, to - header.length - start));
  return joinBytes([header.subarray(from, Math.min(to, header.length)), audio]);
}
