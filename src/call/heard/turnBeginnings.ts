import type { CallInput } from "../callInput.ts";
import type { CallPolicy, Milliseconds } from "../types.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";

const MAX_TURNS = 64;

/**
 * When the caller began each spoken turn, also where the model only reports its end: by the level of the
 * line then. A turn of which the beginning is not known began at an unknown time before its end.
 */
export class TurnBeginnings {
  readonly #inForce: { readonly policy: Pick<CallPolicy, "modelListens"> };
  readonly #begun = new BoundedMap<string, Milliseconds>(MAX_TURNS);
  #loudAt: Milliseconds | undefined;

  constructor(inForce: { readonly policy: Pick<CallPolicy, "modelListens"> }) {
    this.#inForce = inForce;
  }

  follow(input: CallInput, now: Milliseconds): void {
    switch (input.type) {
      case "speechStarted":
        if (input.itemId !== undefined && !this.#begun.has(input.itemId)) {
          this.#begun.set(input.itemId, now);
        }
        return;
      case "callerLevel":
        if (input.speaking) this.#loudAt ??= now;
        return;
      case "turnCleared":
        this.#loudAt = undefined;
        return;
      case "committed":
        if (!this.#begun.has(input.itemId)) {
          const known = this.#inForce.policy.modelListens ? undefined : this.#loudAt;
          this.#begun.set(input.itemId, known ?? -Infinity);
        }
        this.#loudAt = undefined;
    }
  }

  /** Undefined for what was not spoken over this connection. */
  of(itemId: string): Milliseconds | undefined {
    return this.#begun.get(itemId);
  }
}
