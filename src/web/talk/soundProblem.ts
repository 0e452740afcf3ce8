/// <reference lib="dom" />
import type { SoundState } from "./callSound.ts";
import { find } from "../elements.ts";
import type { MicrophoneFault } from "../audio/microphoneStream.ts";
import { t } from "../text.ts";
import { describeMicrophone } from "./talkTexts.ts";

/** What the page shows about a problem of a call's devices or network. */
export interface SoundProblem {
  /** Replaces `Listening` in the status line. */
  readonly status: string;
  readonly text: string;
  /** The label of the button that tries to fix it; undefined where only waiting helps. */
  readonly remedy: string | undefined;
  /** Whether the caller cannot hear the agent either. */
  readonly agentInaudible: boolean;
}

interface SoundProblemEvents {
  /** `current` has changed. */
  onChange(): void;
  /** A problem is over; `text` says which. */
  onRecovered(text: string): void;
  /** The button was pressed. */
  onRemedy(): void;
}

/**
 * Connects the line above the controls of a call that shows what is wrong with its sound. Watches for
 * the network by itself.
 */
export function createSoundProblemLine(events: SoundProblemEvents) {
  const line = find("sound-problem", HTMLElement);
  const text = find("sound-problem-text", HTMLElement);
  const remedy = find("remedy", HTMLButtonElement);
  let sound: SoundState | undefined;
  let current: SoundProblem | undefined;

  remedy.onclick = events.onRemedy;
  addEventListener("offline", refresh);
  addEventListener("online", refresh);

  return {
    /** The problem that is shown. */
    get current(): SoundProblem | undefined {
      return current;
    },
    update(next: SoundState): void {
      const before = sound;
      sound = next;
      refresh();
      const recovered = before === undefined ? undefined : describeRecovery(before, next);
      if (recovered !== undefined) events.onRecovered(recovered);
    },
    /** The call has ended: clears the line. */
    clear(): void {
      sound = undefined;
      refresh();
    },
  };

  function refresh(): void {
    const online = navigator.onLine;
    const found = sound === undefined ? undefined : findSoundProblem(sound, online);
    if (found?.text === current?.text) return;
    current = found;
    line.hidden = found === undefined;
    text.textContent = found?.text ?? "";
    remedy.hidden = found?.remedy === undefined;
    remedy.textContent = found?.remedy ?? "";
    events.onChange();
  }
}

function describeRecovery(before: SoundState, now: SoundState): string | undefined {
  const interrupted = ({ speaker, microphone }: SoundState) =>
    speaker === "interrupted" || microphone?.name === "interrupted";
  if (interrupted(before) && !interrupted(now)) return t("Sound was interrupted. It is back.");
  const { name } = before.microphone ?? {};
  if (now.microphone?.name !== "open") return undefined;
  if (name === "lost" || name === "returning") return t("The microphone is back.");
  if (name === "muted") return t("The microphone was on hold. It is back.");
  return undefined;
}

/** The most severe current problem. */
function findSoundProblem(
  { speaker, microphone }: SoundState,
  online: boolean,
): SoundProblem | undefined {
  if (!online) {
    return {
      status: t("The network is gone"),
      text: t("This device is offline. The call goes on if the network is back soon."),
      remedy: undefined,
      agentInaudible: true,
    };
  }
  if (speaker === "interrupted") return INTERRUPTED;
  switch (microphone?.name) {
    case "interrupted":
      return INTERRUPTED;
    case "muted":
      return {
        status: t("The microphone is on hold"),
        text: t(
          "The system or another app has muted the microphone: the agent cannot hear you. It comes back by itself. Until then you can type.",
        ),
        remedy: t("Use the microphone again"),
        agentInaudible: false,
      };
    case "returning":
      return {
        status: t("Getting the microphone back…"),
        text: t("The microphone was disconnected."),
        remedy: undefined,
        agentInaudible: false,
      };
    case "lost":
      return {
        status: t("The microphone is gone"),
        text: LOST[microphone.fault] ?? describeMicrophone(microphone.fault),
        remedy: t("Use the microphone again"),
        agentInaudible: false,
      };
    case "silent":
      return {
        status: t("Nothing comes from the microphone"),
        text: t(
          "If you are speaking, see whether the microphone is switched on, and whether the right one is chosen.",
        ),
        remedy: undefined,
        agentInaudible: false,
      };
  }
  return undefined;
}

const INTERRUPTED: SoundProblem = {
  status: t("Sound was interrupted"),
  text: t(
    "The device or another app has interrupted the sound, or there is no output for it. It is tried again by itself; a tap here or any key may help.",
  ),
  remedy: t("Resume sound"),
  agentInaudible: true,
};

const LOST: Partial<Readonly<Record<MicrophoneFault, string>>> = {
  absent: t("The microphone was disconnected, and there is no other. Connect one, or type."),
  refused: t(
    "The microphone is no longer allowed. Allow it in the browser's address bar, or type.",
  ),
  blocked: t("The browser no longer gives this page the microphone. You can go on by typing."),
  busy: t("Another program has taken the microphone. Close it, or type."),
  stopped: t("The system has stopped the microphone. You can go on by typing."),
};
