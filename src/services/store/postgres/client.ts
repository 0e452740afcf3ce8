import { parse } from "pg-connection-string";
import { Client, TypeOverrides } from "./driver.ts";

export interface ClientOptions {
  /** How the server's own lists call the connection. */
  readonly name: string;
  /** The server gives up a statement that takes longer. */
  readonly statementLimitMs: number;
}

/** A connection that is not made yet; it is made once, and never again by itself. */
export type NewClient = new () => Client;

const CONNECT_LIMIT_MS = 10_000;
const KEEP_ALIVE_MS = 15_000;
/** How long the database may take to hear a goodbye. */
export const GOODBYE_MS = 1000;

/**
 * What connections to the database of this address are made of. Throws if it cannot be understood, or
 * names a certificate that cannot be read: both are looked at now, and never again.
 */
export function clientsOf(url: string, { name, statementLimitMs }: ClientOptions): NewClient {
  const types = new TypeOverrides();
  for (const type of WIDE_NUMBERS) types.setTypeParser(type, Number);
  const config = {
    // `sslmode` means what it means to Postgres' own programs: `require` trusts whoever answers.
    ...parse(url, { useLibpqCompat: true }),
    application_name: name,
    statement_timeout: statementLimitMs,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    // Statements are sent without waiting for the answer to the one before.
    pipeline: true,
    types,
  };
  return class extends Client {
    constructor() {
      super(config);
      // Without any it would look for a file of passwords, which the server may not read.
      this.password ??= "";
      // Whoever waits for an answer hears of a failure; nobody else needs to.
      this.on("error", () => {});
    }
  };
}

/** Says goodbye, and is gone after a second even if nobody hears it. */
export async function hangUp(client: Client): Promise<void> {
  const timer = setTimeout(() => cutOff(client), GOODBYE_MS);
  try {
    await client.end();
  } finally {
    clearTimeout(timer);
  }
}

/** Whatever waits for an answer of this connection fails. */
export function cutOff(client: Client): void {
  client.connection.stream.destroy();
}

/** `bigint` and `numeric` as numbers: times and sums here stay far below 2^53. */
const WIDE_NUMBERS = [20, 1700];
