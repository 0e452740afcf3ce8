import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { ModelRequest, RefusalKind } from "../realtimeClient.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Cut } from "./spokenItems.ts";

/** Less than this is not heard as speech: the item is deleted whole. */
const LEAST_HEARD_MS = 100;
/** Cutting off less than this makes a model repeat itself rather than remember better. */
const LEAST_UNHEARD_MS = 150;
const MAX_PENDING = 64;

/** Makes the model forget what the caller has not heard: truncates and deletes, and their refusals. */
export class Truncation {
  /** Items to delete when their response has ended; deleting one in progress is undefined. */
  readonly #deleteLater = new BoundedMap<string, string>(MAX_PENDING);
  readonly #retried = new RecentIds(MAX_PENDING);
  readonly #commands: CommandBuffer;

  constructor(commands: CommandBuffer) {
    this.#commands = commands;
  }

  /** Items were cut off, in the order of speaking; `activeResponseId` is still producing. */
  cutOff(cuts: readonly Cut[], activeResponseId: string | undefined): void {
    for (const cut of cuts) {
      const { itemId, contentIndex, responseId, complete } = cut;
      const inProgress = !complete && responseId === activeResponseId;
      if (cut.heardMs >= LEAST_HEARD_MS) {
        if (complete && cut.producedMs - cut.heardMs < LEAST_UNHEARD_MS) continue;
        const audioEndMs = Math.floor(Math.min(cut.heardMs, cut.producedMs));
        this.#commands.request({ type: "truncate", itemId, contentIndex, audioEndMs });
      } else if (inProgress) {
        this.unheard(itemId, responseId);
      } else {
        this.#commands.request({ type: "delete", itemId });
      }
    }
  }

  /** A response has ended: items of it that the caller has not heard can be deleted now. */
  responseDone(responseId: string): void {
    for (const itemId of this.forget(responseId)) {
      this.#commands.request({ type: "delete", itemId });
    }
  }

  /** A response will not end over this connection; returns the items that were to be deleted then. */
  forget(responseId: string): readonly string[] {
    const items = [...this.#deleteLater].flatMap(([itemId, owner]) =>
      owner === responseId ? [itemId] : []
    );
    for (const itemId of items) this.#deleteLater.delete(itemId);
    return items;
  }

  /** A silenced response has begun an item that the caller will not hear. */
  unheard(itemId: string, responseId: string): void {
    this.#deleteLater.set(itemId, responseId);
  }

  /**
   * A truncate was refused: once more with what the model has, or take the item back, or let it be. True
   * for the last: the model believes that all of the item was heard.
   */
  refused(
    request: ModelRequest,
    kind: RefusalKind,
    availableMs: number | undefined,
  ): boolean {
    if (request.type !== "truncate") return false;
    this.#commands.notice("truncate_refused");
    const { itemId } = request;
    if (this.#retried.has(itemId)) return true;
    this.#retried.add(itemId);
    if (availableMs !== undefined && availableMs >= 1) {
      this.#commands.request({ ...request, audioEndMs: Math.floor(availableMs) - 1 });
      return false;
    }
    if (kind === "unsupported") this.#commands.request({ type: "delete", itemId });
    return kind === "other" || kind === "tooShort";
  }
}
