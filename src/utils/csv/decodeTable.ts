import type { WorkSlices } from "../workSlices.ts";

const CHUNK_BYTES = 128 * 1024;

/** The text of a table, without a byte order mark, and how it was encoded. */
export interface DecodedTable {
  readonly text: string;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
}

/**
 * Decodes what spreadsheets save: UTF-8, UTF-16 with or without its mark, or else the encoding of older
 * Windows programs, which contains Latin-1. Undefined for what is no text.
 */
export async function decodeTable(
  bytes: Uint8Array,
  slices: Pick<WorkSlices, "pause">,
): Promise<DecodedTable | undefined> {
  // A spreadsheet itself, which is a ZIP file, or one of older programs.
  if (startsWith(bytes, [0x50, 0x4b, 3, 4]) || startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) {
    return undefined;
  }
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) {
    const text = await decode(bytes, utf16, slices);
    return text === undefined ? undefined : { text, encoding: utf16 };
  }
  if (bytes.subarray(0, 8192).includes(0)) return undefined;
  const text = await decode(bytes, "utf-8", slices);
  if (text !== undefined) return { text, encoding: "utf-8" };
  return {
    text: await decode(bytes, "windows-1252", slices) ?? "",
    encoding: "windows-1252",
  };
}

function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, at) => bytes[at] === byte);
}

/** By its mark, or where nearly every other byte is zero. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 512);
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2]!++;
  const [even = 0, odd = 0] = zeros;
  if (even + odd < head.length / 4) return undefined;
  return odd > even ? "utf-16le" : "utf-16be";
}

/** Undefined where the bytes are not of that encoding. */
async function decode(
  bytes: Uint8Array,
  encoding: DecodedTable["encoding"],
  slices: Pick<WorkSlices, "pause">,
): Promise<string | undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const parts: string[] = [];
  try {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      parts.push(decoder.decode(bytes.subarray(at, at + CHUNK_BYTES), { stream: true }));
      await slices.pause();
    }
    parts.push(decoder.decode());
  } catch {
    return undefined;
  }
  return parts.join("");
}
