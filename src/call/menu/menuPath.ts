import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { MenuStep } from "../phoneMenu.ts";
import type { Milliseconds } from "../types.ts";
import { isSameMenu } from "./menuWords.ts";

/** The way through phone menus: what was heard, which keys were pressed, and how often the same. */
export class MenuPath {
  readonly #commands: CommandBuffer;
  readonly #startedAt: Milliseconds;
  #steps: readonly MenuStep[] = [];
  #count = 0;
  readonly #pressed = new Set<string>();

  constructor(commands: CommandBuffer, startedAt: Milliseconds) {
    this.#commands = commands;
    this.#startedAt = startedAt;
  }

  /** The keys that were pressed, each once, in order. */
  get keys(): readonly string[] {
    return [...this.#pressed];
  }

  get steps(): readonly MenuStep[] {
    return this.#steps;
  }

  /** Returns how often the same was heard. */
  heard(text: string, now: Milliseconds): number {
    const times = this.#timesOf(text);
    this.#add({
      number: ++this.#count,
      atMs: Math.round(now - this.#startedAt),
      heard: text.slice(0, MAX_TEXT),
      times,
    });
    return times;
  }

  /** The words of the last step have become known only now. */
  words(text: string): void {
    const last = this.#steps.at(-1);
    if (last === undefined || last.keys !== undefined && last.heard !== "") return;
    this.#replace({ ...last, heard: text.slice(0, MAX_TEXT) });
  }

  /** Returns how often the same keys were pressed in the same menu, as far as it is known by its words. */
  press(keys: string, now: Milliseconds): number {
    if (this.#pressed.size < MAX_KEYS) this.#pressed.add(keys);
    const last = this.#steps.at(-1);
    if (last === undefined || last.keys !== undefined) this.heard("", now);
    const step = this.#steps.at(-1);
    if (step === undefined) return 1;
    this.#replace({ ...step, keys });
    return this.#steps.filter((other) =>
      other.keys === keys &&
      (other === step || other.heard === "" || step.heard === "" ||
        isSameMenu(other.heard, step.heard))
    ).length;
  }

  #timesOf(text: string): number {
    return this.#steps.filter(({ heard }) => isSameMenu(heard, text)).length + 1;
  }

  #add(step: MenuStep): void {
    this.#steps = [...this.#steps, step].slice(-MAX_STEPS);
    this.#commands.publish({ type: "menu", step });
  }

  #replace(step: MenuStep): void {
    this.#steps = [...this.#steps.slice(0, -1), step];
    this.#commands.publish({ type: "menu", step });
  }
}

const MAX_STEPS = 100;
const MAX_KEYS = 50;
const MAX_TEXT = 1000;
