import type { ModelSetup, ToolDeclaration, ToolServer } from "../../call/modelSetup.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { SetupPart } from "./wire/sessionUpdate.ts";

/** One thing that a set-up says: a part of the session, or a tool. */
type SetupClaim =
  | { readonly part: SetupPart }
  | { readonly tool: ToolDeclaration | ToolServer };

/** Remembers for some minutes what a server refused, so that the next call need not find it out. */
export class RefusedParts {
  readonly #now: () => number;
  readonly #refusedAt = new BoundedMap<string, number>(MAX_REMEMBERED);

  constructor({ now }: { readonly now: () => number }) {
    this.#now = now;
  }

  record(target: string, setup: ModelSetup, claims: readonly SetupClaim[]): void {
    for (const claim of claims) {
      const key = keyOf(target, setup, claim);
      this.#refusedAt.delete(key);
      this.#refusedAt.set(key, this.#now());
    }
  }

  has(target: string, setup: ModelSetup, claim: SetupClaim): boolean {
    if (this.#refusedAt.size === 0) return false;
    const key = keyOf(target, setup, claim);
    const at = this.#refusedAt.get(key);
    if (at === undefined) return false;
    if (this.#now() - at < REMEMBERED_MS) return true;
    this.#refusedAt.delete(key);
    return false;
  }

  /** Whether anything is remembered of a target. */
  hasAny(target: string): boolean {
    const now = this.#now();
    for (const [key, at] of this.#refusedAt) {
      if (key.startsWith(`${target} `) && now - at < REMEMBERED_MS) return true;
    }
    return false;
  }
}

/** Then it is tried again: what a server cannot do today it may learn. */
const REMEMBERED_MS = 10 * 60_000;
const MAX_REMEMBERED = 500;

// With its value: another voice, or a tool mended in the agent's file, is not what was refused.
function keyOf(target: string, setup: ModelSetup, claim: SetupClaim): string {
  return "part" in claim
    ? `${target} ${claim.part} ${JSON.stringify(valueOf(claim.part, setup))}`
    : `${target} tool ${JSON.stringify(claim.tool)}`;
}

function valueOf(part: SetupPart, setup: ModelSetup): unknown {
  switch (part) {
    case "noise_reduction":
      return setup.noiseReduction;
    case "transcription":
      return setup.transcription;
    case "speed":
      return setup.speed;
    case "voice":
      return setup.voice;
    case "reasoning":
      return setup.reasoningEffort;
    case "vad_tuning":
      return setup.turnDetection;
    default:
      return null;
  }
}
