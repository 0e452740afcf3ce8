import { bytesPerMs } from "../../utils/audio/audioFormat.ts";
import { levelOf } from "./levelOf.ts";
import type { SpokenItem } from "./spokenItem.ts";

/** A word, with what stands beside it, and where its sound is in its item. */
export interface TimedWord {
  readonly text: string;
  /** Milliseconds since the item began. */
  readonly fromMs: number;
  readonly toMs: number;
}

const FRAME_MS = 10;
/** Less is the silence between words, in dBFS. */
const VOICED_DB = -50;

/**
 * When each word of an item sounds: words share the voiced part of their sentence, or of the whole where text and
 * sound do not come in step, by their length. Right to some tenths of a second.
 */
export function wordTimes(item: SpokenItem): readonly TimedWord[] {
  const perMs = bytesPerMs(item.format);
  const sections = item.isInStep
    ? item.texts.map(({ text, atByte }, index) => ({
      text,
      fromByte: atByte,
      toByte: item.texts[index + 1]?.atByte ?? item.audio.length,
    }))
    : [{
      text: item.texts.map(({ text }) => text).join(""),
      fromByte: 0,
      toByte: item.audio.length,
    }];
  return sections.flatMap(({ text, fromByte, toByte }) => {
    const voiced = voicedFrames(item, fromByte, toByte);
    const at = (share: number) => {
      if (voiced.length === 0) return (fromByte + (toByte - fromByte) * share) / perMs;
      const place = share * voiced.length;
      const frame = Math.min(Math.floor(place), voiced.length - 1);
      return (voiced[frame] ?? 0) + (place - frame) * FRAME_MS;
    };
    const words = text.split(/\s+/).filter((word) => word !== "");
    const total = words.reduce((sum, word) => sum + word.length + 1, 0);
    let before = 0;
    return words.map((word) => {
      const fromMs = at(before / total);
      before += word.length + 1;
      return { text: word, fromMs, toMs: at(before / total) };
    });
  });
}

/** Where frames of a stretch begin in which somebody speaks, in milliseconds. */
function voicedFrames(item: SpokenItem, fromByte: number, toByte: number): readonly number[] {
  const perMs = bytesPerMs(item.format);
  const step = FRAME_MS * perMs;
  const frames: number[] = [];
  for (let at = fromByte; at < toByte; at += step) {
    const frame = item.audio.subarray(at, Math.min(at + step, toByte));
    if (levelOf(frame, item.format) > VOICED_DB) frames.push(at / perMs);
  }
  return frames;
}
