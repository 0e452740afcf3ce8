import type { Sound } from "./webCall.ts";
import type { MicrophoneFault } from "./microphoneFault.ts";
import { describeMicrophone } from "./callTexts.ts";

/** What is wrong with a call's devices or network, as the page shows it. */
export interface Trouble {
  /** In the place of `Listening`. */
  readonly status: string;
  readonly words: string;
  /** What the button says that tries to mend it; none where it can only be waited for. */
  readonly remedy: string | undefined;
  /** Whether the caller cannot hear the agent either. */
  readonly deaf: boolean;
}

/** The worst of what is wrong now. */
export function findTrouble({ speaker, microphone }: Sound, online: boolean): Trouble | undefined {
  if (!online) {
    return {
      status: "The network is gone",
      words: "This device is offline. The call goes on if the network is back soon.",
      remedy: undefined,
      deaf: true,
    };
  }
  if (speaker === "interrupted") return INTERRUPTED;
  switch (microphone?.name) {
    case "interrupted":
      return INTERRUPTED;
    case "muted":
      return {
        status: "The microphone is on hold",
        words:
          "The system or another app has muted the microphone: the agent cannot hear you. It comes back by itself. You can type meanwhile.",
        remedy: "Use the microphone again",
        deaf: false,
      };
    case "returning":
      return {
        status: "Getting the microphone back…",
        words: "The microphone was disconnected.",
        remedy: undefined,
        deaf: false,
      };
    case "lost":
      return {
        status: "The microphone is gone",
        words: LOST[microphone.fault] ?? describeMicrophone(microphone.fault),
        remedy: "Use the microphone again",
        deaf: false,
      };
    case "silent":
      return {
        status: "Nothing comes from the microphone",
        words:
          "If you are speaking, see whether the microphone is switched on, and whether the right one is chosen.",
        remedy: undefined,
        deaf: false,
      };
  }
  return undefined;
}

export function describeDevice(change: "used" | "connected", name: string): string {
  const words = change === "used"
    ? "Another microphone is in use"
    : "Another microphone was connected";
  return name === "" ? `${words}.` : `${words}: ${name}.`;
}

const INTERRUPTED: Trouble = {
  status: "Sound was interrupted",
  words:
    "The device or another app has interrupted the sound. It is tried again by itself; a tap here or any key may help.",
  remedy: "Resume sound",
  deaf: true,
};

const LOST: Partial<Readonly<Record<MicrophoneFault, string>>> = {
  absent: "The microphone was disconnected, and there is no other. Connect one, or type.",
  refused: "The microphone is no longer allowed. Allow it in the browser's address bar, or type.",
  blocked: "The browser no longer gives this page the microphone. You can go on by typing.",
  busy: "Another program has taken the microphone. Close it, or type.",
  stopped: "The system has stopped the microphone. You can go on by typing.",
};
