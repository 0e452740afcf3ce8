import { type Client, Pool } from "./driver.ts";
import { cutOff, GOODBYE_MS, type NewClient } from "./client.ts";

export interface ConnectionsOptions {
  readonly most: number;
  /** How long work may take, with its wait for a connection: what is silent for longer is taken for dead. */
  readonly patienceMs: number;
}

/** The database has not answered in time: what it was asked for may be done, or not. */
export class DatabaseSilent extends Error {
  override readonly name = "DatabaseSilent";
}

const MAX_LIFETIME_SECONDS = 45 * 60;

/** Lends connections, each to one at a time and in the order they are asked for; makes them as needed. */
export class Connections {
  readonly #pool: Pool;
  readonly #patienceMs: number;
  /** All that have a socket. */
  readonly #clients = new Set<Client>();
  /** Who waits for an answer, by what makes them give up. */
  readonly #waiting = new Set<(why: Error) => void>();
  readonly #nobodyWaits = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  constructor(NewClient: NewClient, { most, patienceMs }: ConnectionsOptions) {
    const clients = this.#clients;
    this.#patienceMs = patienceMs;
    this.#pool = new Pool({
      max: most,
      idleTimeoutMillis: 0,
      maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
      Client: class extends NewClient {
        constructor() {
          super();
          clients.add(this);
          this.once("end", () => clients.delete(this));
        }
      },
    });
    // A free connection that breaks is forgotten, and another one made when it is needed.
    this.#pool.on("error", () => {});
  }

  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw closedError();
    const suspects = new Set(this.#clients);
    const givenUp = Promise.withResolvers<never>();
    const giveUp = givenUp.reject;
    const silence = setTimeout(() => {
      // Where one connection is dead, those as old as it most likely are.
      for (const client of suspects) cutOff(client);
      giveUp(new DatabaseSilent("Cannot query the database: it does not answer"));
    }, this.#patienceMs);
    this.#waiting.add(giveUp);
    const lent = this.#lend(async (client) => {
      if (!this.#waiting.has(giveUp)) return await givenUp.promise;
      suspects.add(client);
      return await work(client);
    });
    try {
      return await Promise.race([lent, givenUp.promise]);
    } finally {
      clearTimeout(silence);
      this.#waiting.delete(giveUp);
      this.#tellIfNobodyWaits();
    }
  }

  /** What is under way may end, for so long; then whoever still waits fails. In the end no socket is left. */
  close(graceMs: number): Promise<void> {
    return this.#closing ??= this.#close(graceMs);
  }

  async #close(graceMs: number): Promise<void> {
    const grace = setTimeout(() => {
      for (const giveUp of this.#waiting) giveUp(closedError());
      this.#cutAllOff();
    }, graceMs);
    queueMicrotask(() => this.#tellIfNobodyWaits());
    await this.#nobodyWaits.promise;
    clearTimeout(grace);

    const ended = [...this.#clients].map((client) =>
      new Promise<void>((resolve) => client.once("end", () => resolve()))
    );
    const goodbye = setTimeout(() => this.#cutAllOff(), GOODBYE_MS);
    // Says goodbye to the database. Who has given up gives back a connection when its work notices.
    this.#pool.end().catch(() => {});
    await Promise.all(ended);
    clearTimeout(goodbye);
  }

  async #lend<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      return await work(client);
    } finally {
      // One that is left within a transaction is of no use to others.
      client.release(client.getTransactionStatus() !== "I");
    }
  }

  #tellIfNobodyWaits(): void {
    if (this.#closing !== undefined && this.#waiting.size === 0) this.#nobodyWaits.resolve();
  }

  #cutAllOff(): void {
    for (const client of this.#clients) cutOff(client);
  }
}

function closedError(): Error {
  return new Error("Cannot query the database: it is closed");
}
