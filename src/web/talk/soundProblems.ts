import type { SoundState } from "./webCall.ts";
import type { MicrophoneFault } from "../audio/microphoneStream.ts";
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

/** The most severe current problem. */
export function findSoundProblem(
  { speaker, microphone }: SoundState,
  online: boolean,
): SoundProblem | undefined {
  if (!online) {
    return {
      status: "The network is gone",
      text: "This device is offline. The call goes on if the network is back soon.",
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
        status: "The microphone is on hold",
        text:
          "The system or another app has muted the microphone: the agent cannot hear you. It comes back by itself. You can type meanwhile.",
        remedy: "Use the microphone again",
        agentInaudible: false,
      };
    case "returning":
      return {
        status: "Getting the microphone back…",
        text: "The microphone was disconnected.",
        remedy: undefined,
        agentInaudible: false,
      };
    case "lost":
      return {
        status: "The microphone is gone",
        text: LOST[microphone.fault] ?? describeMicrophone(microphone.fault),
        remedy: "Use the microphone again",
        agentInaudible: false,
      };
    case "silent":
      return {
        status: "Nothing comes from the microphone",
        text:
          "If you are speaking, see whether the microphone is switched on, and whether the right one is chosen.",
        remedy: undefined,
        agentInaudible: false,
      };
  }
  return undefined;
}

/** A transcript note about a microphone; `name` may be empty. */
export function describeDevice(change: "used" | "connected", name: string): string {
  const text = change === "used"
    ? "Another microphone is in use"
    : "Another microphone was connected";
  return name === "" ? `${text}.` : `${text}: ${name}.`;
}

const INTERRUPTED: SoundProblem = {
  status: "Sound was interrupted",
  text:
    "The device or another app has interrupted the sound. It is tried again by itself; a tap here or any key may help.",
  remedy: "Resume sound",
  agentInaudible: true,
};

const LOST: Partial<Readonly<Record<MicrophoneFault, string>>> = {
  absent: "The microphone was disconnected, and there is no other. Connect one, or type.",
  refused: "The microphone is no longer allowed. Allow it in the browser's address bar, or type.",
  blocked: "The browser no longer gives this page the microphone. You can go on by typing.",
  busy: "Another program has taken the microphone. Close it, or type.",
  stopped: "The system has stopped the microphone. You can go on by typing.",
};
