/// <reference lib="dom" />
import { element, find } from "../elements.ts";

/**
 * Tells screen readers of each line once, when it is whole: what is shown of it before changes with every
 * word.
 */
export function createAnnouncer() {
  const log = find("spoken", HTMLElement);
  const announced = new Set<string>();

  return {
    /** `id` where the same may come again. */
    tell(text: string, id?: string): void {
      if (text.trim() === "" || (id !== undefined && announced.has(id))) return;
      if (id !== undefined) announced.add(id);
      log.append(element("p", { textContent: text }));
      while (log.childElementCount > KEPT) log.firstElementChild?.remove();
    },
    clear(): void {
      announced.clear();
      log.replaceChildren();
    },
  };
}

/** Whoever reads back reads the transcript. */
const KEPT = 5;
