import { BoundedMap } from "./boundedMap.ts";

/** The newest ids, and so many at most: a call that lasts for hours fills no memory. */
export class RecentIds {
  readonly #ids: BoundedMap<string, true>;

  constructor(maxSize: number) {
    this.#ids = new BoundedMap(maxSize);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.set(id, true);
  }
}
