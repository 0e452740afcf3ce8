/// <reference lib="dom" />
import type { Sound } from "./webCall.ts";
import { find } from "./elements.ts";
import { findTrouble, type Trouble } from "./soundProblems.ts";

export interface TroubleLine {
  /** What is shown now. */
  readonly now: Trouble | undefined;
  tell(sound: Sound): void;
  /** The call is over, and its troubles with it. */
  end(): void;
}

export interface TroubleEvents {
  onChange(): void;
  /** What was wrong is right again, in words for those who have missed it. */
  onMended(words: string): void;
  onRemedy(): void;
  /** Nobody can say whether the call is still there. */
  onOfflineTooLong(): void;
}

/** Shows what is wrong with the devices and the network of a call, and what can be done about it. */
export function createTroubleLine(events: TroubleEvents): TroubleLine {
  const line = find("trouble-line", HTMLElement);
  const words = find("trouble-words", HTMLElement);
  const remedy = find("remedy", HTMLButtonElement);
  let sound: Sound | undefined;
  let now: Trouble | undefined;
  let offlineTimer: ReturnType<typeof setTimeout> | undefined;

  remedy.onclick = events.onRemedy;
  addEventListener("offline", look);
  addEventListener("online", look);

  return {
    get now() {
      return now;
    },
    tell(told) {
      const before = sound;
      sound = told;
      look();
      const mended = before === undefined ? undefined : describeMended(before, told);
      if (mended !== undefined) events.onMended(mended);
    },
    end() {
      sound = undefined;
      look();
    },
  };

  function look(): void {
    const online = navigator.onLine;
    const found = sound === undefined ? undefined : findTrouble(sound, online);
    clearTimeout(offlineTimer);
    if (sound !== undefined && !online) {
      offlineTimer = setTimeout(events.onOfflineTooLong, OFFLINE_MS);
    }
    if (found?.words === now?.words) return;
    now = found;
    line.hidden = found === undefined;
    words.textContent = found?.words ?? "";
    remedy.hidden = found?.remedy === undefined;
    remedy.textContent = found?.remedy ?? "";
    events.onChange();
  }
}

/** Sockets survive a short gap in the network. */
const OFFLINE_MS = 20_000;

function describeMended(before: Sound, now: Sound): string | undefined {
  const interrupted = ({ speaker, microphone }: Sound) =>
    speaker === "interrupted" || microphone?.name === "interrupted";
  if (interrupted(before) && !interrupted(now)) return "Sound was interrupted. It is back.";
  const { name } = before.microphone ?? {};
  if (now.microphone?.name !== "open") return undefined;
  if (name === "lost" || name === "returning") return "The microphone is back.";
  if (name === "muted") return "The microphone was on hold. It is back.";
  return undefined;
}
