import type { AudioFormat } from "../../../utils/audio/audioFormat.ts";
import type { RecordedTurn } from "../../callEvidence.ts";
import type { HeardLine, HeardWord } from "../../ear/heardLines.ts";
import { recordedLines, wordless } from "../../ear/recordedLines.ts";
import { type SoundSpan, soundSpans } from "../../ear/soundSpans.ts";
import type { EarPiece } from "../../ear/spokenItem.ts";
import { spreadWords } from "../../ear/spreadWords.ts";
import { voicedFrames } from "../../ear/wordTimes.ts";
import { asPhone, callTrack } from "../../report/callTrack.ts";

/** Writes down what is said in mu-law at 8 kHz. */
export type Transcribe = (mulaw: Uint8Array) => Promise<Transcription>;

/** `why` tells in a few words why there is none. */
export type Transcription =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string };

/** What was played to a caller. */
export interface HeardSound {
  readonly pieces: readonly EarPiece[];
  readonly format: AudioFormat;
  readonly endMs: number;
  /** What the server has on record, whose lines are those of the answer; absent without a record. */
  readonly turns?: readonly RecordedTurn[] | undefined;
}

/** Pauses within what is sent as one: a model that writes down silence makes words up. */
const PAUSE_MS = 1200;
/** Nothing is said in less. */
const LEAST_MS = 120;
/** Models miss what begins or ends with the file. */
const MARGIN_MS = 200;
const BYTES_PER_MS = 8;
const MAX_STRETCHES = 200;
const MAX_HEARD_MS = 1_800_000;
const AT_ONCE = 4;
/** Nobody says more in a minute. */
const MAX_CHARACTERS_PER_MS = 0.05;
const SPARE_CHARACTERS = 200;

/**
 * The words of all that was heard, as they were written down afterwards, each where its sound is; `untold` says why
 * there are none.
 */
export async function transcribeHeard(
  { pieces, format, endMs, turns }: HeardSound,
  transcribe: Transcribe,
): Promise<{ readonly lines: readonly HeardLine[] } | { readonly untold: string }> {
  const stretches = soundSpans(pieces, format, { gapMs: PAUSE_MS })
    .filter(({ fromMs, toMs }) => toMs - fromMs >= LEAST_MS);
  const heardMs = stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  if (stretches.length > MAX_STRETCHES || heardMs > MAX_HEARD_MS) {
    return { untold: "there is too much of it" };
  }
  const track = callTrack(asPhone(pieces, format), endMs);
  const frames = voicedFrames(pieces, format);
  const words: HeardWord[] = [];
  for (let at = 0; at < stretches.length; at += AT_ONCE) {
    const some = stretches.slice(at, at + AT_ONCE);
    const answers = await Promise.all(some.map(async (span) => ({
      span,
      answer: await transcribe(soundOf(span, track)),
    })));
    for (const { span, answer } of answers) {
      if (!answer.ok) return { untold: answer.why };
      const most = SPARE_CHARACTERS + MAX_CHARACTERS_PER_MS * (span.toMs - span.fromMs);
      const voiced = frames.filter((ms) => ms >= span.fromMs && ms < span.toMs);
      words.push(...spreadWords(answer.text.slice(0, most), voiced));
    }
  }
  const lines = turns === undefined
    ? stretches.map(wordless)
    : recordedLines(turns, pieces, format).map((line) => ({ ...line, words: [] }));
  return { lines: withWords(lines, words) };
}

function soundOf({ fromMs, toMs }: SoundSpan, track: Uint8Array): Uint8Array {
  const from = Math.max(0, Math.round((fromMs - MARGIN_MS) * BYTES_PER_MS));
  return track.slice(from, Math.round((toMs + MARGIN_MS) * BYTES_PER_MS));
}

/** Each word is of the line that is nearest to its middle. */
function withWords(
  lines: readonly HeardLine[],
  words: readonly HeardWord[],
): readonly HeardLine[] {
  const found = new Map<HeardLine, HeardWord[]>(lines.map((line) => [line, []]));
  for (const word of words) {
    const middleMs = (word.fromMs + word.toMs) / 2;
    const apart = ({ fromMs, toMs }: HeardLine) => Math.max(fromMs - middleMs, middleMs - toMs, 0);
    const nearest = lines.toSorted((a, b) => apart(a) - apart(b))[0];
    if (nearest !== undefined) found.get(nearest)?.push(word);
  }
  return lines.map((line) => ({ ...line, words: found.get(line) ?? [] }));
}
