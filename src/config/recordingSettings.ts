import type { SettingReader } from "./settingReader.ts";
import type { RecordingSettings } from "./settings.ts";
import { present } from "../utils/present.ts";

const KEY_BYTES = 32;

/** Reads where recordings of calls are kept, how, and for how long. */
export function readRecordings(read: SettingReader): RecordingSettings {
  const days = read.text("RECORDING_RETENTION_DAYS") === undefined
    ? undefined
    : read.whole("RECORDING_RETENTION_DAYS", 0, { min: 1, max: 36_500 });
  const texts = read.list("RECORDING_KEY");
  const keys = texts.flatMap((text) => keyOf(text) ?? []);
  if (keys.length < texts.length) {
    read.problem(
      "RECORDING_KEY must be 32 bytes in base64, or several with commas: make one with openssl rand -base64 32.",
    );
  }
  return {
    dir: (read.text("RECORDINGS_DIR") ?? "./data/recordings").replace(/(?<=.)\/$/, ""),
    keys,
    maxMs: read.whole("RECORDING_MAX_MINUTES", 240, { min: 1, max: 700 }) * 60_000,
    minFreeBytes: read.whole("RECORDING_MIN_FREE_MB", 500, { min: 0, max: 1_000_000 }) * 1024 *
      1024,
    ...present({ retentionDays: days }),
  };
}

function keyOf(text: string): Uint8Array | undefined {
  try {
    const bytes = /^[0-9a-f]{64}$/i.test(text)
      ? Uint8Array.fromHex(text)
      : Uint8Array.fromBase64(text);
    return bytes.length === KEY_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}
