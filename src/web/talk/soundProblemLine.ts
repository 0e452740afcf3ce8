/// <reference lib="dom" />
import type { SoundState } from "./webCall.ts";
import { find } from "../elements.ts";
import { findSoundProblem, type SoundProblem } from "./soundProblems.ts";

/** The line above the controls of a call that shows what is wrong with its sound. */
export interface SoundProblemLine {
  /** The problem that is shown. */
  readonly current: SoundProblem | undefined;
  update(sound: SoundState): void;
  /** The call has ended: clears the line. */
  clear(): void;
}

export interface SoundProblemEvents {
  /** `current` has changed. */
  onChange(): void;
  /** A problem is over; `text` says which. */
  onRecovered(text: string): void;
  /** The button was pressed. */
  onRemedy(): void;
  /** Offline so long that the call is unlikely to survive. */
  onOfflineTooLong(): void;
}

/** Connects the elements of `index.html`; watches for the network by itself. */
export function createSoundProblemLine(events: SoundProblemEvents): SoundProblemLine {
  const line = find("sound-problem", HTMLElement);
  const text = find("sound-problem-text", HTMLElement);
  const remedy = find("remedy", HTMLButtonElement);
  let sound: SoundState | undefined;
  let current: SoundProblem | undefined;
  let offlineTimer: ReturnType<typeof setTimeout> | undefined;

  remedy.onclick = events.onRemedy;
  addEventListener("offline", refresh);
  addEventListener("online", refresh);

  return {
    get current() {
      return current;
    },
    update(next) {
      const before = sound;
      sound = next;
      refresh();
      const recovered = before === undefined ? undefined : describeRecovery(before, next);
      if (recovered !== undefined) events.onRecovered(recovered);
    },
    clear() {
      sound = undefined;
      refresh();
    },
  };

  function refresh(): void {
    const online = navigator.onLine;
    const found = sound === undefined ? undefined : findSoundProblem(sound, online);
    clearTimeout(offlineTimer);
    if (sound !== undefined && !online) {
      offlineTimer = setTimeout(events.onOfflineTooLong, OFFLINE_MS);
    }
    if (found?.text === current?.text) return;
    current = found;
    line.hidden = found === undefined;
    text.textContent = found?.text ?? "";
    remedy.hidden = found?.remedy === undefined;
    remedy.textContent = found?.remedy ?? "";
    events.onChange();
  }
}

/** WebSockets survive shorter gaps in the network. */
const OFFLINE_MS = 20_000;

function describeRecovery(before: SoundState, now: SoundState): string | undefined {
  const interrupted = ({ speaker, microphone }: SoundState) =>
    speaker === "interrupted" || microphone?.name === "interrupted";
  if (interrupted(before) && !interrupted(now)) return "Sound was interrupted. It is back.";
  const { name } = before.microphone ?? {};
  if (now.microphone?.name !== "open") return undefined;
  if (name === "lost" || name === "returning") return "The microphone is back.";
  if (name === "muted") return "The microphone was on hold. It is back.";
  return undefined;
}
