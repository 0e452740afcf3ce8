/** What is used of npm:pg. Its published types would put Node's in the place of Deno's, everywhere. */

export interface ClientConfig {
  readonly connectionString?: string;
  readonly application_name?: string;
  readonly statement_timeout?: number;
  readonly connectionTimeoutMillis?: number;
  readonly keepAlive?: boolean;
  readonly keepAliveInitialDelayMillis?: number;
  readonly pipeline?: boolean;
  readonly types?: TypeOverrides;
}

export interface QueryResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export class Client {
  constructor(config: ClientConfig);
  password: string | null;
  readonly connection: { readonly stream: { destroy(): void } };
  connect(): Promise<unknown>;
  query(
    sql: string,
    values?: readonly (string | number | null | Uint8Array)[],
  ): Promise<QueryResult>;
  /** Settles when the socket is closed. */
  end(): Promise<void>;
  /** Idle, within a transaction, within one that has failed; `null` before the first answer. */
  getTransactionStatus(): "I" | "T" | "E" | null;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "notification", listener: (message: { readonly payload?: string }) => void): this;
  /** The socket is closed, for whatever reason. */
  once(event: "end", listener: () => void): this;
}

export interface PoolConfig {
  readonly max: number;
  readonly idleTimeoutMillis: number;
  readonly maxLifetimeSeconds: number;
  readonly Client: new () => Client;
}

export class Pool {
  constructor(config: PoolConfig);
  connect(): Promise<Client & { release(destroy: boolean): void }>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): this;
}

export class TypeOverrides {
  setTypeParser(oid: number, parse: (text: string) => unknown): void;
}
