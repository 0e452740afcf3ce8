import { type AudioFormat, bytesPerMs, SILENCE_BYTE } from "../../utils/audio/audioFormat.ts";
import type { EarPiece, SpokenItem } from "./spokenItem.ts";

/** A stretch that was heard without a gap, and of which item it is a part. */
export interface HeardRun {
  readonly atMs: number;
  readonly endMs: number;
  /** Absent for sound that is of no item: a recording, a sentence of the carrier's. */
  readonly item?: SpokenItem;
  /** Where in the item it begins. */
  readonly fromByte: number;
  readonly bytes: number;
}

/** Stretches whose ends are less apart are one. */
const GAP_MS = 1.5;

/**
 * Finds what was heard in what the model said: the sound at the ear is the same to the byte, in pieces of any
 * length. Silence between pieces is left out. `format` is that of the ear: what was made ready in another cannot be
 * what was heard.
 */
export function alignHeard(
  pieces: readonly EarPiece[],
  items: readonly SpokenItem[],
  format: AudioFormat,
): readonly HeardRun[] {
  const perMs = bytesPerMs(format);
  const texts = items.filter((item) => item.format === format).map((item) => ({
    item,
    bytes: bytesOf(item),
  }));
  const runs: HeardRun[] = [];
  const heardTo = new Map<SpokenItem, number>();
  const sorted = pieces.toSorted((a, b) => a.atMs - b.atMs);
  for (const [index, { atMs, audio }] of sorted.entries()) {
    const last = runs.at(-1);
    const endMs = atMs + audio.length / perMs;
    const follows = last !== undefined && atMs - last.endMs < GAP_MS;
    const next = last?.item === undefined ? undefined : {
      item: last.item,
      at: last.fromByte + last.bytes,
    };
    const goesOnAt = next !== undefined && isAt(next.item.audio, next.at, audio) ? next : undefined;
    const isSilent = goesOnAt === undefined && audio.every((byte) => byte === SILENCE_BYTE[format]);
    const place = goesOnAt !== undefined
      ? goesOnAt
      : isSilent
      ? undefined
      : find(textOf(audio), texts, heardTo, (place) => followed(place, sorted, index));
    if (place !== undefined) heardTo.set(place.item, place.at + audio.length);
    if (place === undefined && isSilent && last?.item === undefined) continue;
    const goesOn = follows && last.item === place?.item &&
      (place === undefined || place.at === last.fromByte + last.bytes);
    if (goesOn) {
      runs[runs.length - 1] = { ...last, endMs, bytes: last.bytes + audio.length };
    } else if (place === undefined) {
      if (!isSilent) runs.push({ atMs, endMs, fromByte: 0, bytes: audio.length });
    } else {
      runs.push({ atMs, endMs, item: place.item, fromByte: place.at, bytes: audio.length });
    }
  }
  return runs;
}

function isAt(audio: Uint8Array, at: number, part: Uint8Array): boolean {
  if (at + part.length > audio.length) return false;
  for (let i = 0; i < part.length; i++) if (audio[at + i] !== part[i]) return false;
  return true;
}

/**
 * Of the items that have these bytes where nothing of them was heard yet, the one that goes on as what was heard
 * does, the first of those that do so alike; without one, the latest that has them at all.
 */
function find(
  wanted: string,
  texts: readonly { readonly item: SpokenItem; readonly bytes: string }[],
  heardTo: ReadonlyMap<SpokenItem, number>,
  goesOnFor: (place: Place) => number,
): Place | undefined {
  const fresh = texts.flatMap(({ item, bytes }): readonly Place[] => {
    const at = bytes.indexOf(wanted, heardTo.get(item) ?? 0);
    return at < 0 ? [] : [{ item, at }];
  });
  if (fresh.length > 1) {
    const places = fresh.map((place) => ({ place, bytes: goesOnFor(place) }));
    return places.reduce((best, one) => one.bytes > best.bytes ? one : best).place;
  }
  if (fresh.length === 1) return fresh[0];
  const known = texts.findLast(({ bytes }) => bytes.includes(wanted));
  return known && { item: known.item, at: known.bytes.indexOf(wanted) };
}

/** For how many bytes an item goes on as the pieces from `index` on do. */
function followed(
  { item, at }: Place,
  pieces: readonly EarPiece[],
  index: number,
): number {
  let to = at;
  for (const { audio } of pieces.slice(index)) {
    if (!isAt(item.audio, to, audio)) break;
    to += audio.length;
  }
  return to - at;
}

interface Place {
  readonly item: SpokenItem;
  readonly at: number;
}

/** Kept, since callers who wait for words look again and again. */
function bytesOf(item: SpokenItem): string {
  let text = known.get(item);
  if (text === undefined) known.set(item, text = textOf(item.audio));
  return text;
}

const known = new WeakMap<SpokenItem, string>();

/** One character for each byte: searching a text is fast. */
function textOf(audio: Uint8Array): string {
  let text = "";
  for (let at = 0; at < audio.length; at += CHUNK) {
    text += String.fromCharCode(...audio.subarray(at, at + CHUNK));
  }
  return text;
}

const CHUNK = 8192;
