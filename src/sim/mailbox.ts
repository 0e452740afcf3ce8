/** Items that are each given out once: to the first request that fits, or kept until there is one. */
export class Mailbox<Item> {
  readonly #maxKept: number;
  readonly #kept: Item[] = [];
  readonly #requests: Request<Item>[] = [];
  #closed = false;

  /** Of more than `maxKept` items that were not asked for, the oldest are dropped. */
  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  /** Hands an item out; without `keep` it is dropped where no request waits for it. */
  put(item: Item, { keep = true }: { readonly keep?: boolean } = {}): void {
    const index = this.#requests.findIndex(({ fits }) => fits(item));
    const [request] = index < 0 ? [] : this.#requests.splice(index, 1);
    if (request) request.resolve(item);
    else if (keep) this.#kept.push(item);
    if (this.#kept.length > this.#maxKept) this.#kept.shift();
  }

  /** The next item that fits, kept or to come. Rejects with `closedMessage` once closed. */
  next(closedMessage: string): Promise<Item>;
  next<Wanted extends Item>(
    closedMessage: string,
    fits: (item: Item) => item is Wanted,
  ): Promise<Wanted>;
  next(closedMessage: string, fits: (item: Item) => boolean = () => true): Promise<Item> {
    const index = this.#kept.findIndex(fits);
    const [kept] = index < 0 ? [] : this.#kept.splice(index, 1);
    if (kept !== undefined) return Promise.resolve(kept);
    if (this.#closed) return Promise.reject(new Error(closedMessage));
    const { promise, resolve, reject } = Promise.withResolvers<Item>();
    this.#requests.push({ fits, resolve, refuse: () => reject(new Error(closedMessage)) });
    return promise;
  }

  /** Rejects all requests, later ones too, except for items that are kept. */
  close(): void {
    this.#closed = true;
    for (const request of this.#requests.splice(0)) request.refuse();
  }
}

interface Request<Item> {
  readonly fits: (item: Item) => boolean;
  readonly resolve: (item: Item) => void;
  readonly refuse: () => void;
}
