import { asPhone, callTrack } from "./callTrack.ts";
import type { CallEvidence } from "../callEvidence.ts";
import type { CallRun } from "../run/runScenario.ts";

/** Both sides of a call as they were heard: mu-law at 8 kHz from the answer to the end, equally long. */
export interface CallSound {
  readonly caller: Uint8Array;
  readonly agent: Uint8Array;
}

/** The part of a call in which its sound is. */
export interface HeardCall extends Pick<CallRun, "heard" | "said" | "format"> {
  readonly evidence: Pick<CallEvidence, "endMs">;
}

/** An hour of calls; reports hold some two thirds of it, as text. */
const MAX_BYTES = 60 * 60 * 16_000;

/**
 * The sound of calls, up to a bound: failed runs drive passed ones out, the latest first. A run is named by its
 * index.
 */
export class KeptSound {
  readonly #runs = new Map<number, { readonly sounds: readonly CallSound[]; isFailed: boolean }>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Absent for runs without sound, or without any more. */
  of(index: number): readonly CallSound[] | undefined {
    return this.#runs.get(index)?.sounds;
  }

  keep(index: number, calls: readonly HeardCall[], isFailed: boolean): void {
    const sounds = calls.map(({ heard, said, format, evidence: { endMs } }): CallSound => ({
      agent: callTrack(asPhone(heard, format), endMs),
      caller: callTrack(said, endMs),
    }));
    if (sounds.length === 0) return;
    this.#runs.set(index, { sounds, isFailed });
    this.#bytes += bytesOf(sounds);
    while (this.#bytes > this.#maxBytes) this.#dropOne();
  }

  #dropOne(): void {
    const all = [...this.#runs];
    const [index, dropped] = all.findLast(([, { isFailed }]) => !isFailed) ?? all.at(-1) ?? [];
    if (index === undefined || dropped === undefined) return;
    this.#runs.delete(index);
    this.#bytes -= bytesOf(dropped.sounds);
  }
}

function bytesOf(sounds: readonly CallSound[]): number {
  return sounds.reduce((sum, { caller, agent }) => sum + caller.length + agent.length, 0);
}
