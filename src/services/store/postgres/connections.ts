import { type Client, destroySocket, type NewClient, Pool, TERMINATE_MS } from "./client.ts";
import { closedError } from "../database.ts";

export interface ConnectionsOptions {
  readonly most: number;
  /** How long work may take, including its wait for a connection, before the connection is taken for dead. */
  readonly timeoutMs: number;
}

/** The database has not answered in time: whether the statement was carried out is not known. */
export class DatabaseTimeout extends Error {
  override readonly name = "DatabaseTimeout";
}

const MAX_LIFETIME_SECONDS = 45 * 60;

/** A pool of connections that notices dead ones and leaves no socket behind when it is closed. */
export class Connections {
  readonly #pool: Pool;
  readonly #timeoutMs: number;
  /** All that have a socket. */
  readonly #clients = new Set<Client>();
  /** Rejects the calls of `use` that are pending. */
  readonly #pending = new Set<(why: Error) => void>();
  readonly #idle = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  constructor(NewClient: NewClient, { most, timeoutMs }: ConnectionsOptions) {
    const clients = this.#clients;
    this.#timeoutMs = timeoutMs;
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
    // The pool drops an idle connection that breaks, and opens another when it is needed.
    this.#pool.on("error", () => {});
  }

  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw closedError();
    const older = new Set(this.#clients);
    const givenUp = Promise.withResolvers<never>();
    const giveUp = givenUp.reject;
    const timer = setTimeout(() => {
      // Where one connection is dead, those of its age most likely are too.
      for (const client of older) destroySocket(client);
      giveUp(new DatabaseTimeout("Cannot query the database: it does not answer"));
    }, this.#timeoutMs);
    this.#pending.add(giveUp);
    const lent = this.#lend(async (client) => {
      if (!this.#pending.has(giveUp)) return await givenUp.promise;
      older.add(client);
      return await work(client);
    });
    try {
      return await Promise.race([lent, givenUp.promise]);
    } finally {
      clearTimeout(timer);
      this.#pending.delete(giveUp);
      this.#resolveIfIdle();
    }
  }

  /** Waits `graceMs` for pending work, which then rejects. When it settles, no socket is left. */
  close(graceMs: number): Promise<void> {
    return this.#closing ??= this.#close(graceMs);
  }

  async #close(graceMs: number): Promise<void> {
    const grace = setTimeout(() => {
      for (const giveUp of this.#pending) giveUp(closedError());
      this.#destroyAll();
    }, graceMs);
    queueMicrotask(() => this.#resolveIfIdle());
    await this.#idle.promise;
    clearTimeout(grace);

    const ended = [...this.#clients].map((client) =>
      new Promise<void>((resolve) => client.once("end", () => resolve()))
    );
    const overdue = setTimeout(() => this.#destroyAll(), TERMINATE_MS);
    // Sends Terminate. Work that was given up returns its connection once it settles.
    this.#pool.end().catch(() => {});
    await Promise.all(ended);
    clearTimeout(overdue);
  }

  async #lend<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      return await work(client);
    } finally {
      // One that is still within a transaction is destroyed.
      client.release(client.getTransactionStatus() !== "I");
    }
  }

  #resolveIfIdle(): void {
    if (this.#closing !== undefined && this.#pending.size === 0) this.#idle.resolve();
  }

  #destroyAll(): void {
    for (const client of this.#clients) destroySocket(client);
  }
}
