import { Waits } from "./until.ts";

/** What has come in, in order, for tests that wait for some of it. */
export class Inbox<T> {
  readonly all: T[] = [];
  readonly #untaken: T[] = [];
  readonly #waits = new Waits();

  add(item: T): void {
    this.all.push(item);
    this.#untaken.push(item);
    this.#waits.check();
  }

  /** The first that fits, come already or yet to come. */
  find<S extends T>(fits: (item: T) => item is S): Promise<S>;
  find(fits: (item: T) => boolean): Promise<T>;
  async find(fits: (item: T) => boolean): Promise<T> {
    return (await this.when((all) => all.some(fits))).find(fits)!;
  }

  /** The first that fits and was not taken before. */
  async take(fits: (item: T) => boolean = () => true): Promise<T> {
    const [item] = await this.#wait(() => {
      const index = this.#untaken.findIndex(fits);
      return index < 0 ? undefined : this.#untaken.splice(index, 1);
    });
    return item!;
  }

  /** Everything, as soon as it is enough; rejects where that takes unreasonably long. */
  when(enough: (all: readonly T[]) => boolean): Promise<readonly T[]> {
    return this.#wait(() => enough(this.all) ? this.all : undefined);
  }

  #wait<R>(attempt: () => R | undefined): Promise<R> {
    return this.#waits.for(attempt, () => Deno.inspect(this.all));
  }
}
