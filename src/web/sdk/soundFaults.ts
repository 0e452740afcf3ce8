/// <reference lib="dom" />
import type { SoundState } from "../talk/callSound.ts";
import { CallFault } from "./callFault.ts";
import type { CallError } from "./sdk.d.ts";

interface SoundFaultEvents {
  onFault(error: CallError): void;
  onRecovered(code: string): void;
}

/** Tells of what is wrong with the sound of a call or its network, once each time, and when it is over. */
export class SoundFaults {
  readonly #events: SoundFaultEvents;
  readonly #closing = new AbortController();
  #sound: SoundState | undefined;
  #told: string | undefined;

  constructor(events: SoundFaultEvents) {
    this.#events = events;
    const { signal } = this.#closing;
    for (const type of ["online", "offline"]) {
      addEventListener(type, () => this.#look(), { signal });
    }
  }

  update(sound: SoundState): void {
    this.#sound = sound;
    this.#look();
  }

  close(): void {
    this.#closing.abort();
  }

  #look(): void {
    if (this.#closing.signal.aborted) return;
    const code = codeOf(this.#sound);
    if (code === this.#told) return;
    const before = this.#told;
    this.#told = code;
    if (before !== undefined) this.#events.onRecovered(before);
    if (code !== undefined) this.#events.onFault(new CallFault(code));
  }
}

/** The most severe one. */
function codeOf(sound: SoundState | undefined): string | undefined {
  if (!navigator.onLine) return "offline";
  const { speaker, microphone } = sound ?? {};
  if (speaker === "interrupted" || microphone?.name === "interrupted") return "sound_interrupted";
  if (microphone?.name === "lost") return `microphone_${microphone.fault}`;
  if (microphone?.name === "muted" || microphone?.name === "silent") {
    return `microphone_${microphone.name}`;
  }
  return undefined;
}
