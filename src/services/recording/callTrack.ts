import { type AudioFormat, SILENCE_BYTE } from "../../utils/audio/audioFormat.ts";
import { joinBytes } from "../../utils/joinBytes.ts";
import type { RecordingChange } from "../../call/callTap.ts";
import { CallerPlace } from "./callerPlace.ts";
import { frameBytes, RATE_HZ, sampleBytes, type SampleFile, type Side } from "./sampleFile.ts";

/** The agent's speech is played without gaps: that much nearer or further than expected is the estimate's error. */
const ESTIMATE_MS = 120;
const FILL_BYTES = 64 * 1024;

interface Span {
  readonly from: number;
  to: number;
}

/**
 * Puts both sides of a call at their times into a file: the caller left, the agent right, silence where nothing
 * was heard or may be kept. Sample 0 is the beginning of the call.
 */
export class CallTrack {
  readonly #file: SampleFile;
  readonly #maxSamples: number;
  readonly #caller: CallerPlace;
  /** Of the caller's, side by side, not written yet. */
  #run: { readonly from: number; readonly parts: Uint8Array[] } | undefined;
  #agentEnd = 0;
  readonly #kept: Span[] = [];
  readonly #muted: Readonly<Record<Side, Span[]>> = { caller: [], agent: [] };
  #tooLong = false;

  constructor(file: SampleFile, maxMs: number) {
    this.#file = file;
    this.#maxSamples = this.#sampleAt(maxMs);
    this.#caller = new CallerPlace(
      RATE_HZ[file.format],
      (from, audio) => this.#append(from, audio),
    );
  }

  /** Whether there was audio beyond the longest that is kept. */
  get tooLong(): boolean {
    return this.#tooLong;
  }

  get durationMs(): number {
    return Math.round(this.#file.bytes / frameBytes(this.#file.format) * 1000 / this.#rate);
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  get format(): AudioFormat {
    return this.#file.format;
  }

  /** From here on audio is kept, or is not. */
  change(change: RecordingChange, atMs: number): void {
    const at = this.#sampleAt(atMs);
    const last = this.#kept.at(-1);
    if (change === "start" || change === "resume") this.#kept.push({ from: at, to: Infinity });
    else if (last !== undefined && at < last.to) {
      last.to = at;
      this.flush();
      // What came before may have been placed a little later than it was heard.
      for (const side of ["caller", "agent"] as const) {
        silence(this.#file, side, { from: at, to: Infinity });
      }
    }
  }

  /** A frame of the caller's that came at this time. */
  caller(audio: Uint8Array, atMs: number): void {
    const samples = audio.length / sampleBytes(this.#file.format);
    this.#caller.add(audio, samples, this.#sampleAt(atMs) - samples, atMs);
  }

  /** Speech of the agent that was heard from this time on. */
  agent(audio: Uint8Array, atMs: number, continues: boolean): void {
    const at = this.#sampleAt(atMs);
    const isNear = Math.abs(at - this.#agentEnd) <= ESTIMATE_MS * this.#rate / 1000;
    const from = continues && isNear ? this.#agentEnd : Math.max(at, this.#agentEnd);
    this.#agentEnd = from + audio.length / sampleBytes(this.#file.format);
    this.#put("agent", from, audio);
  }

  /** One side is silent in this span, whatever was and will be put there. */
  mute(side: Side, fromMs: number, toMs: number): void {
    const span = { from: this.#sampleAt(fromMs), to: this.#sampleAt(toMs) };
    this.flush();
    this.#muted[side].push(span);
    silence(this.#file, side, span);
  }

  /** Writes what waits. */
  flush(): void {
    const run = this.#run;
    this.#run = undefined;
    if (run !== undefined) this.#put("caller", run.from, joinBytes(run.parts));
    this.#file.flush();
  }

  /** The session is over; up to its end there is silence where nothing else was. */
  close(atMs: number): void {
    this.#caller.close();
    const end = Math.min(this.#sampleAt(atMs), this.#kept.at(-1)?.to ?? 0, this.#maxSamples);
    this.#extend(end * frameBytes(this.#file.format));
    this.flush();
    this.#file.close();
  }

  /** Leaves the file as it is. */
  abandon(): void {
    try {
      this.#file.flush();
    } finally {
      this.#file.close();
    }
  }

  get #rate(): number {
    return RATE_HZ[this.#file.format];
  }

  #sampleAt(ms: number): number {
    return Math.max(0, Math.round(ms * this.#rate / 1000));
  }

  #append(from: number, audio: Uint8Array): void {
    const width = sampleBytes(this.#file.format);
    const run = this.#run;
    const end = run && run.from + run.parts.reduce((sum, part) => sum + part.length, 0) / width;
    if (run !== undefined && end === from) run.parts.push(audio);
    else {
      if (run !== undefined) this.#put("caller", run.from, joinBytes(run.parts));
      this.#run = { from, parts: [audio] };
    }
  }

  /** Writes what of it may be kept. */
  #put(side: Side, from: number, audio: Uint8Array): void {
    const width = sampleBytes(this.#file.format);
    const to = from + audio.length / width;
    if (to > this.#maxSamples) this.#tooLong = true;
    const allowed = this.#kept.flatMap((span) => {
      const part = { from: Math.max(span.from, from), to: Math.min(span.to, to, this.#maxSamples) };
      return part.from < part.to ? without(part, this.#muted[side]) : [];
    });
    for (const part of allowed) {
      const kept = audio.subarray((part.from - from) * width, (part.to - from) * width);
      this.#extend(part.from * frameBytes(this.#file.format));
      overwrite(this.#file, side, part.from, kept);
    }
  }

  /** With silence, up to this byte. */
  #extend(bytes: number): void {
    while (this.#file.bytes < bytes) {
      const missing = Math.min(bytes - this.#file.bytes, FILL_BYTES);
      const fill = new Uint8Array(missing).fill(SILENCE_BYTE[this.#file.format]);
      this.#file.write(this.#file.bytes, fill);
    }
  }
}

/** Silences a span of one side, in samples, as far as there is audio. */
export function silence(file: SampleFile, side: Side, { from, to }: Readonly<Span>): void {
  const frame = frameBytes(file.format);
  const end = Math.min(to, file.bytes / frame);
  const most = FILL_BYTES / frame;
  for (let at = from; at < end; at += most) {
    const count = Math.min(most, end - at);
    const quiet = new Uint8Array(count * sampleBytes(file.format));
    overwrite(file, side, at, quiet.fill(SILENCE_BYTE[file.format]));
  }
}

/** Puts samples of one side in the place of what is there. */
function overwrite(file: SampleFile, side: Side, from: number, audio: Uint8Array): void {
  const width = sampleBytes(file.format);
  const at = from * 2 * width;
  const both = new Uint8Array(2 * audio.length).fill(SILENCE_BYTE[file.format]);
  both.set(file.read(at, both.length));
  const shift = side === "caller" ? 0 : width;
  if (width === 1) {
    for (let i = 0; i < audio.length; i++) both[2 * i + shift] = audio[i]!;
  } else {
    for (let i = 0; i + 1 < audio.length; i += 2) {
      both[2 * i + shift] = audio[i]!;
      both[2 * i + shift + 1] = audio[i + 1]!;
    }
  }
  file.write(at, both);
}

function without(span: Span, muted: readonly Span[]): readonly Span[] {
  return muted.reduce<readonly Span[]>(
    (parts, { from, to }) =>
      parts.flatMap((part) =>
        [{ from: part.from, to: Math.min(part.to, from) }, {
          from: Math.max(part.from, to),
          to: part.to,
        }].filter((one) => one.from < one.to)
      ),
    [span],
  );
}
