import type { ModelRequest, RefusalKind } from "../realtimeClient.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Cut } from "./spokenItems.ts";

/** Less than this was no speech to anybody: the item is taken back whole. */
const LEAST_HEARD_MS = 100;
/** Cutting off less than this makes a model repeat itself rather than remember better. */
const LEAST_UNHEARD_MS = 150;
const MAX_PENDING = 64;

/** Makes the model forget what nobody heard: truncates and deletes, and their refusals. */
export class Truncation {
  /** Items to delete when their response has ended; deleting one in progress is undefined. */
  readonly #deleteLater = new Map<string, string>();
  readonly #retried = new RecentIds(MAX_PENDING);

  /** What to ask of the model, in the order of speaking; `activeResponseId` is still producing. */
  requests(cuts: readonly Cut[], activeResponseId: string | undefined): readonly ModelRequest[] {
    const requests: ModelRequest[] = [];
    for (const cut of cuts) {
      const { itemId, contentIndex, responseId, complete } = cut;
      const inProgress = !complete && responseId === activeResponseId;
      if (cut.heardMs >= LEAST_HEARD_MS) {
        if (complete && cut.producedMs - cut.heardMs < LEAST_UNHEARD_MS) continue;
        const audioEndMs = Math.floor(Math.min(cut.heardMs, cut.producedMs));
        requests.push({ type: "truncate", itemId, contentIndex, audioEndMs });
      } else if (inProgress) {
        this.unheard(itemId, responseId);
      } else {
        requests.push({ type: "delete", itemId });
      }
    }
    return requests;
  }

  /** A response has ended: items of it that nobody heard can be deleted now. */
  responseDone(responseId: string): readonly ModelRequest[] {
    const requests: ModelRequest[] = [];
    for (const [itemId, owner] of this.#deleteLater) {
      if (owner !== responseId) continue;
      this.#deleteLater.delete(itemId);
      requests.push({ type: "delete", itemId });
    }
    return requests;
  }

  /** A silenced response has begun an item that nobody will hear. */
  unheard(itemId: string, responseId: string): void {
    this.#deleteLater.set(itemId, responseId);
    if (this.#deleteLater.size <= MAX_PENDING) return;
    for (const oldest of this.#deleteLater.keys()) {
      this.#deleteLater.delete(oldest);
      break;
    }
  }

  /** A truncate was refused: once more with what the model has, or take the item back, or let it be. */
  refused(
    request: ModelRequest,
    kind: RefusalKind,
    availableMs: number | undefined,
  ): ModelRequest | undefined {
    if (request.type !== "truncate" || this.#retried.has(request.itemId)) return undefined;
    this.#retried.add(request.itemId);
    if (availableMs !== undefined && availableMs >= 1) {
      return { ...request, audioEndMs: Math.floor(availableMs) - 1 };
    }
    return kind === "unsupported" ? { type: "delete", itemId: request.itemId } : undefined;
  }
}
