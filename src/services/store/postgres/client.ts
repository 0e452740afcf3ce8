import { parse } from "pg-connection-string";
// @ts-types="./pg.d.ts"
import { Client, Pool, TypeOverrides } from "pg";

export { Client, Pool };

export interface ClientOptions {
  /** The connection's `application_name`. */
  readonly name: string;
  /** The server cancels a statement that takes longer. */
  readonly statementLimitMs: number;
}

/** A client connects once, and never again by itself. */
export type NewClient = new () => Client;

const CONNECT_LIMIT_MS = 10_000;
const KEEP_ALIVE_MS = 15_000;
/** How long the database may take to answer Terminate. */
export const TERMINATE_MS = 1000;

/**
 * Creates the class of connections to the database of this address. Throws where the address cannot be
 * parsed or names a certificate that cannot be read; both are read only now.
 */
export function createClientClass(
  url: string,
  { name, statementLimitMs }: ClientOptions,
): NewClient {
  const types = new TypeOverrides();
  for (const type of WIDE_NUMBERS) types.setTypeParser(type, Number);
  const config = {
    // `sslmode` means what it means to Postgres' own programs: `require` does not check the certificate.
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
      // Without a password pg would look for a password file, which the server may not read.
      this.password ??= "";
      // Pending queries reject with the error; an unhandled "error" event would end the process.
      this.on("error", () => {});
    }
  };
}

/** Sends Terminate, and destroys the socket after one second. */
export async function terminate(client: Client): Promise<void> {
  const timer = setTimeout(() => destroySocket(client), TERMINATE_MS);
  try {
    await client.end();
  } finally {
    clearTimeout(timer);
  }
}

/** Closes the connection at once; its pending queries reject. */
export function destroySocket(client: Client): void {
  client.connection.stream.destroy();
}

/** `bigint` and `numeric` as numbers: times and sums here stay far below 2^53. */
const WIDE_NUMBERS = [20, 1700];
