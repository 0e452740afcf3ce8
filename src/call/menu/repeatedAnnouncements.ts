import type { CommandBuffer } from "../machine/commandBuffer.ts";
import { isSameMenu } from "./menuWords.ts";

/**
 * What is said again and again while the call is on hold. The model remembers it once: every further item
 * of it would be paid for in each response.
 */
export class RepeatedAnnouncements {
  readonly #commands: CommandBuffer;
  #known: readonly string[] = [];
  /** Items whose words are not known yet. */
  readonly #open = new Set<string>();

  constructor(commands: CommandBuffer) {
    this.#commands = commands;
  }

  /** These turns were an announcement. Returns whether any of it is new, as far as the words are known. */
  heard(turns: ReadonlyMap<string, string>): boolean {
    let isNew = false;
    for (const [itemId, text] of turns) {
      if (text === "") this.#await(itemId);
      else if (this.#judge(itemId, text)) isNew = true;
    }
    return isNew;
  }

  /** Returns whether these are the words of an announcement, not known until now, and say something new. */
  words(itemId: string, text: string): boolean {
    return this.#open.delete(itemId) && this.#judge(itemId, text);
  }

  #await(itemId: string): void {
    if (this.#open.size < MAX_OPEN) this.#open.add(itemId);
  }

  #judge(itemId: string, text: string): boolean {
    if (this.#known.some((known) => isSameMenu(known, text))) {
      this.#commands.request({ type: "delete", itemId });
      return false;
    }
    this.#known = [...this.#known, text].slice(-MAX_KNOWN);
    return true;
  }
}

const MAX_OPEN = 50;
const MAX_KNOWN = 20;
