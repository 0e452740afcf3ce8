/// <reference lib="dom" />
import { askToResume } from "./audioResume.ts";

/** Which step of bringing up sound failed; the page has a sentence and a remedy for each. */
export type AudioFault = "unsupported" | "context" | "module" | "node";

export class SpeakerError extends Error {
  override readonly name = "SpeakerError";
  readonly fault: AudioFault;
  constructor(fault: AudioFault, options?: ErrorOptions) {
    super(`Cannot play sound: ${fault}`, options);
    this.fault = fault;
  }
}

/** Creates a context with a worklet's module in it, or closes what it has created. Throws `StepFailed`. */
export async function createContext(
  options: AudioContextOptions,
  module: string,
): Promise<AudioContext> {
  if (typeof AudioContext === "undefined" || typeof AudioWorkletNode === "undefined") {
    throw new StepFailed("unsupported");
  }
  let context: AudioContext;
  try {
    context = new AudioContext(options);
  } catch (cause) {
    throw new StepFailed("context", { cause });
  }
  try {
    // Asked for within the click; the answer is waited for later, for it may not come.
    askToResume(context);
    if (context.audioWorklet === undefined) throw new StepFailed("unsupported");
    await context.audioWorklet.addModule(module);
    return context;
  } catch (cause) {
    closeContext(context);
    throw cause instanceof StepFailed ? cause : new StepFailed("module", { cause });
  }
}

export class StepFailed extends Error {
  override readonly name = "StepFailed";
  readonly fault: AudioFault;
  constructor(fault: AudioFault, options?: ErrorOptions) {
    super(`Cannot bring up sound: ${fault}`, options);
    this.fault = fault;
  }
}

export function closeContext(context: AudioContext): void {
  if (context.state !== "closed") context.close().catch(() => {});
}
