import { type AudioFormat, SILENCE_BYTE } from "../../utils/audio/audioFormat.ts";
import { joinBytes } from "../../utils/joinBytes.ts";
import type { RecordingChange } from "../../call/callTap.ts";
import { CallerPlace } from "./callerPlace.ts";
import { frameBytes, RATE_HZ, sampleBytes, type SampleFile, type Side } from "./sampleFile.ts";
import { overwrite, readSide, silence, type Span } from "./trackSides.ts";

/** Times that were rounded differ by less. */
const ROUNDING_SAMPLES = 2;
const FILL_BYTES = 64 * 1024;

interface KeptSpan extends Span {
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
  /** When the caller's last frame came. */
  #heardUntil = 0;
  /** The agent's last speech without a gap, which cannot begin before `earliest`. */
  #agent = { earliest: 0, from: 0, to: 0 };
  readonly #kept: KeptSpan[] = [];
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
      this.flush();
      // What came before may have been placed a little later than it was heard.
      this.#moveAgent(this.#agent.to - at);
      last.to = at;
      for (const side of ["caller", "agent"] as const) {
        silence(this.#file, side, { from: at, to: Infinity });
      }
    }
  }

  /** A frame of the caller's that came at this time. */
  caller(audio: Uint8Array, atMs: number): void {
    const samples = audio.length / sampleBytes(this.#file.format);
    this.#heardUntil = this.#sampleAt(atMs);
    this.#caller.add(audio, samples, this.#heardUntil - samples, atMs);
  }

  /** Speech of the agent that was heard from this time on: what came before it was heard before it. */
  agent(audio: Uint8Array, atMs: number): void {
    const at = this.#sampleAt(atMs);
    const overlap = this.#agent.to - at;
    if (overlap > ROUNDING_SAMPLES) this.#moveAgent(overlap);
    const { to: end } = this.#agent;
    if (at - end > ROUNDING_SAMPLES) {
      const kept = this.#kept.find((span) => span.from <= at && at < span.to);
      this.#agent = { earliest: Math.max(end, kept?.from ?? 0), from: at, to: at };
    }
    const from = this.#agent.to;
    this.#agent.to = from + audio.length / sampleBytes(this.#file.format);
    this.#put("agent", from, audio);
  }

  /** The agent's last speech was heard so many samples before where it stands, as far as it can have been. */
  #moveAgent(samples: number): void {
    const { earliest, from, to } = this.#agent;
    const by = Math.min(samples, from - earliest);
    if (by <= 0) return;
    const audio = readSide(this.#file, "agent", { from, to });
    silence(this.#file, "agent", { from, to });
    this.#agent = { earliest, from: from - by, to: to - by };
    this.#put("agent", from - by, audio);
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
    if (run !== undefined) {
      const audio = joinBytes(run.parts);
      const width = sampleBytes(this.#file.format);
      // A recording is no longer than the call, however far the caller's frames stand ahead.
      const bytes = Math.min(audio.length, Math.max(0, this.#heardUntil - run.from) * width);
      const rest = { from: run.from + bytes / width, parts: [audio.subarray(bytes)] };
      this.#run = bytes < audio.length ? rest : undefined;
      if (bytes > 0) this.#put("caller", run.from, audio.subarray(0, bytes));
    }
    this.#file.flush();
  }

  /** The session is over; up to its end there is silence where nothing else was. */
  close(atMs: number): void {
    this.#caller.close();
    this.#heardUntil = this.#sampleAt(atMs);
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

/** What is left of a span. */
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
