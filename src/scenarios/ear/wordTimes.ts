import { bytesPerMs } from "../../utils/audio/audioFormat.ts";
import { levelOf } from "./levelOf.ts";
import type { EarPiece, SpokenItem } from "./spokenItem.ts";
import { spokenMs, spreadWords, type TimedWord, VOICED_FRAME_MS } from "./spreadWords.ts";

/** Less is the silence between words, in dBFS. */
const VOICED_DB = -50;

/**
 * When each word of an item sounds, in milliseconds since the item began: words share the voiced part of their
 * sentence, or of the whole where text and sound do not come in step: right to some tenths of a second. Of an item
 * that is still coming out of step, they are where a reader would have them.
 */
export function wordTimes(item: SpokenItem): readonly TimedWord[] {
  const perMs = bytesPerMs(item.format);
  const sections = item.isInStep ? sectionsOf(item) : [{
    text: item.texts.map(({ text }) => text).join(""),
    fromByte: 0,
    toByte: item.audio.length,
  }];
  return sections.flatMap(({ text, fromByte, toByte }) => {
    const audio = item.audio.subarray(fromByte, toByte);
    const voiced = voicedFrames([{ atMs: fromByte / perMs, audio }], item.format);
    const frames = voiced.length > 0 ? voiced : framesOf(fromByte / perMs, toByte / perMs);
    const isSpread = item.isInStep || item.isOpen !== true;
    return spreadWords(text, frames, ...isSpread ? [] : [spokenMs(text)]);
  });
}

/** The pieces of the text, each with the sound that came with it; those that came with one sound are together. */
function sectionsOf({ texts, audio }: SpokenItem) {
  const sections: { text: string; readonly fromByte: number; toByte: number }[] = [];
  for (const [index, { text, atByte }] of texts.entries()) {
    const toByte = texts[index + 1]?.atByte ?? audio.length;
    const last = sections.at(-1);
    const isTogether = last !== undefined &&
      (last.toByte === last.fromByte || toByte === atByte && index === texts.length - 1);
    if (!isTogether) sections.push({ text, fromByte: atByte, toByte });
    else {
      last.text += text;
      last.toByte = toByte;
    }
  }
  return sections;
}

/** Where frames begin in which somebody speaks. */
export function voicedFrames(
  pieces: readonly EarPiece[],
  format: SpokenItem["format"],
): readonly number[] {
  const perMs = bytesPerMs(format);
  const step = VOICED_FRAME_MS * perMs;
  return pieces.flatMap(({ atMs, audio }) => {
    const frames: number[] = [];
    for (let at = 0; at < audio.length; at += step) {
      if (levelOf(audio.subarray(at, at + step), format) > VOICED_DB) {
        frames.push(atMs + at / perMs);
      }
    }
    return frames;
  });
}

function framesOf(fromMs: number, toMs: number): readonly number[] {
  const count = Math.max(0, Math.floor((toMs - fromMs) / VOICED_FRAME_MS));
  return Array.from({ length: count }, (_, index) => fromMs + index * VOICED_FRAME_MS);
}
