import { type AudioFormat, bytesPerMs } from "../../utils/audio/audioFormat.ts";
import type { RecordedTurn } from "../callEvidence.ts";
import type { HeardLine } from "./heardLines.ts";
import { type SoundSpan, soundSpans } from "./soundSpans.ts";
import { spokenMs, spreadWords, VOICED_FRAME_MS } from "./spreadWords.ts";
import type { EarPiece } from "./spokenItem.ts";
import { voicedFrames } from "./wordTimes.ts";

/** A line of the agent's, which may still be under way. */
export type ToldTurn = RecordedTurn & {
  /** There may be more to hear of it, or less. Absent of a record. */
  readonly isOpen?: boolean;
};

/** A turn's time and that of its first sound are less apart. */
const NEAR_MS = 200;
/** The time of a record begins before the answer by no more than the call rings. */
const MAX_OFFSET_MS = 120_000;
/** What is heard of no turn, and is longer, is a line of its own. */
const LEAST_MS = 120;
/** What is played is less apart. */
const GAP_MS = 25;
/** A line is over once there was nothing to hear for so long, whatever the server knows of it yet. */
const OVER_MS = 600;
const MAX_TRIED = 40;

/**
 * What was heard, where only the server says with which words: each line of the agent's is the sound at its time.
 * What has no sound is left out, sound of no line is one without words. `nowMs` is how long ago the answer was,
 * while the call lasts.
 */
export function recordedLines(
  turns: readonly ToldTurn[],
  pieces: readonly EarPiece[],
  format: AudioFormat,
  nowMs = Infinity,
): readonly HeardLine[] {
  const told = turns.filter(({ role, text }) => role === "agent" && text.trim() !== "")
    .toSorted((a, b) => a.startedMs - b.startedMs);
  const spans = soundSpans(pieces, format);
  const offset = offsetOf(told, spans);
  const frames = voicedFrames(pieces, format);
  const played = playedRuns(pieces, format);
  const lines: HeardLine[] = [];
  let takenToMs = -Infinity;
  for (const [index, turn] of told.entries()) {
    const next = told[index + 1];
    const fromMs = Math.max(takenToMs, turn.startedMs + offset - NEAR_MS);
    const untilMs = Math.min(
      endOf(turn, offset, spans),
      next === undefined ? Infinity : next.startedMs + offset - NEAR_MS / 2,
    );
    const voiced = frames.filter((ms) => ms >= fromMs && ms < untilMs);
    const [first] = voiced;
    const last = voiced.at(-1);
    if (first === undefined || last === undefined) continue;
    const begins = played.find(({ fromMs, toMs }) => fromMs <= first && toMs > first);
    const ends = played.find(({ fromMs, toMs }) => fromMs <= last && toMs > last);
    const beganMs = Math.max(fromMs, begins?.fromMs ?? first);
    takenToMs = Math.min(untilMs, ends?.toMs ?? last + VOICED_FRAME_MS);
    const hereMs = voiced.length * VOICED_FRAME_MS;
    const isUnderWay = turn.isOpen === true && nowMs - last < OVER_MS;
    const wholeMs = isUnderWay ? Math.max(hereMs, spokenMs(turn.text)) : hereMs;
    lines.push({
      itemId: turn.id,
      fromMs: beganMs,
      toMs: takenToMs,
      heardMs: takenToMs - beganMs,
      wholeMs: takenToMs - beganMs,
      words: spreadWords(turn.text, voiced, wholeMs),
      unheard: "",
    });
  }
  const foreign = spans.filter(({ fromMs, toMs }) =>
    toMs - fromMs >= LEAST_MS && !lines.some((line) => line.fromMs < toMs && line.toMs > fromMs)
  );
  return [...lines, ...foreign.map(wordless)].toSorted((a, b) => a.fromMs - b.fromMs);
}

/** Sound whose words nobody knows. */
export function wordless({ fromMs, toMs }: SoundSpan): HeardLine {
  const heardMs = toMs - fromMs;
  return { fromMs, toMs, heardMs, wholeMs: heardMs, words: [], unheard: "" };
}

/** The sound that is under way when a line ends belongs to it. */
function endOf(
  { isOpen, endedMs }: ToldTurn,
  offset: number,
  spans: readonly SoundSpan[],
): number {
  if (isOpen === true || endedMs === undefined) return Infinity;
  const endMs = endedMs + offset;
  const running = spans.find(({ fromMs, toMs }) => fromMs < endMs && toMs > endMs);
  return Math.max(endMs + NEAR_MS, running?.toMs ?? 0);
}

/** When something was played, its silences included. */
function playedRuns(pieces: readonly EarPiece[], format: AudioFormat): readonly SoundSpan[] {
  const runs: { fromMs: number; toMs: number }[] = [];
  for (const { atMs, audio } of pieces) {
    const toMs = atMs + audio.length / bytesPerMs(format);
    const last = runs.at(-1);
    if (last !== undefined && atMs - last.toMs < GAP_MS) last.toMs = Math.max(last.toMs, toMs);
    else runs.push({ fromMs: atMs, toMs });
  }
  return runs;
}

/** How much later the ear's time is zero than the record's: where most lines begin as sound begins. */
function offsetOf(told: readonly ToldTurn[], spans: readonly SoundSpan[]): number {
  const turns = told.slice(0, MAX_TRIED);
  const begins = spans.map(({ fromMs }) => fromMs).toSorted((a, b) => a - b);
  let best = { offset: 0, fitting: 0, off: Infinity };
  for (const turn of turns) {
    for (const span of spans.slice(0, MAX_TRIED)) {
      const tried = span.fromMs - turn.startedMs;
      if (Math.abs(tried) > MAX_OFFSET_MS) continue;
      const apart = turns.flatMap(({ startedMs }) => {
        const ms = nearest(begins, startedMs + tried) - startedMs - tried;
        return Math.abs(ms) <= NEAR_MS ? [ms] : [];
      });
      const off = Math.abs(tried - firstOf(spans) + firstOf(turns));
      const isBetter = apart.length > best.fitting ||
        apart.length === best.fitting && off < best.off;
      if (!isBetter) continue;
      const middle = apart.toSorted((a, b) => a - b)[Math.floor(apart.length / 2)] ?? 0;
      best = { offset: tried + middle, fitting: apart.length, off };
    }
  }
  return best.offset;
}

/** Of times in their order, the one that is nearest to another. */
function nearest(times: readonly number[], wanted: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? Infinity) < wanted) from = middle + 1;
    else to = middle;
  }
  const [before, after] = [times[from - 1] ?? -Infinity, times[from] ?? Infinity];
  return wanted - before < after - wanted ? before : after;
}

function firstOf([first]: readonly (RecordedTurn | SoundSpan)[]): number {
  if (first === undefined) return 0;
  return "startedMs" in first ? first.startedMs : first.fromMs;
}
