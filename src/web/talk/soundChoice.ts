/// <reference lib="dom" />
import type { SoundChoice } from "./callSound.ts";

/** What was chosen in this browser before; the system's devices where nothing was. */
export function readSoundChoice(): SoundChoice {
  let kept: unknown;
  try {
    kept = JSON.parse(localStorage.getItem(ITEM) ?? "null");
  } catch {
    kept = null;
  }
  const fields = typeof kept === "object" && kept !== null ? kept : {};
  const text = (name: string) => {
    const value: unknown = Reflect.get(fields, name);
    return typeof value === "string" && value.length <= MAX_ID_CHARS ? value : "";
  };
  const volume: unknown = Reflect.get(fields, "volume");
  return {
    microphone: text("microphone"),
    speaker: text("speaker"),
    volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : 1,
    pushToTalk: Reflect.get(fields, "pushToTalk") === true,
  };
}

/** Remembers the choice in this browser, where it lets the page. */
export function keepSoundChoice(choice: SoundChoice): void {
  try {
    localStorage.setItem(ITEM, JSON.stringify(choice));
  } catch {
    // Storage is blocked or full: the choice counts for this visit.
  }
}

const ITEM = "parley.sound";
const MAX_ID_CHARS = 200;
