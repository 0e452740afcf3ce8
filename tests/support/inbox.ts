import { PATIENCE_MS } from "./until.ts";

/**
 * What has come in, in order, for tests that wait for some of it; not without end, so that a test whose
 * event never comes fails, rather than hangs.
 */
export class Inbox<T> {
  readonly all: T[] = [];
  readonly #checks = new Set<() => void>();

  add(item: T): void {
    this.all.push(item);
    for (const check of [...this.#checks]) check();
  }

  /** The first that fits, come already or yet to come. */
  find<S extends T>(fits: (item: T) => item is S): Promise<S>;
  find(fits: (item: T) => boolean): Promise<T>;
  async find(fits: (item: T) => boolean): Promise<T> {
    const items = await this.when((all) => all.some(fits));
    return items.find(fits)!;
  }

  /** Everything, as soon as it is enough; rejects where that takes unreasonably long. */
  when(enough: (all: readonly T[]) => boolean): Promise<readonly T[]> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (enough(this.all)) settle(() => resolve(this.all));
      };
      const timer = setTimeout(
        () =>
          settle(() => reject(new Error(`Cannot wait longer; came: ${Deno.inspect(this.all)}`))),
        PATIENCE_MS,
      );
      const settle = (tell: () => void) => {
        clearTimeout(timer);
        this.#checks.delete(check);
        tell();
      };
      this.#checks.add(check);
      check();
    });
  }
}
