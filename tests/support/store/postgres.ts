import { Client } from "../../../src/services/store/postgres/client.ts";
import { findPostgresPrograms } from "../programs.ts";
import type { Row } from "../../../src/services/store/database.ts";
import { freePort } from "../servers/freePort.ts";

/** A Postgres server to test against. */
export interface TestPostgres {
  /** Makes an empty database for one test. */
  createDatabase(): Promise<TestDatabase>;
  /** Ends the server, if it is our own, without waiting for it: fit for the end of a test file. */
  kill(): void;
}

export interface TestDatabase {
  readonly url: string;
  /** Runs one statement in it. */
  ask(statement: string): Promise<readonly Row[]>;
  /** Breaks all connections and takes no others until `admit`. */
  cutOff(): Promise<void>;
  admit(): Promise<void>;
  /** How many connections are open to it. */
  connections(): Promise<number>;
  drop(): Promise<void>;
}

/**
 * The server of TEST_DATABASE_URL, or one of our own from the machine's packages, in a temporary
 * folder and on a free port of loopback. Nothing where there is none, unless REQUIRE_POSTGRES is 1.
 */
export async function startPostgres(): Promise<TestPostgres | undefined> {
  const given = Deno.env.get("TEST_DATABASE_URL");
  if (given !== undefined && given !== "") return serverAt(given, () => {});
  const programs = findPostgresPrograms();
  if (programs !== undefined) return await startServer(programs);
  if (Deno.env.get("REQUIRE_POSTGRES") === "1") {
    throw new Error("Cannot test with Postgres: it is not installed (apt-get install postgresql)");
  }
  return undefined;
}

async function startServer(programs: string): Promise<TestPostgres> {
  const folder = await Deno.makeTempDir({ prefix: "parley-postgres-" });
  const user = await unprivilegedUser();
  if (user.uid !== undefined) await Deno.chown(folder, user.uid, user.gid ?? null);
  const data = `${folder}/data`;
  const initdb = await new Deno.Command(`${programs}/initdb`, {
    args: ["-D", data, "-U", "parley", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"],
    cwd: folder,
    ...user,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!initdb.success) throw new Error(new TextDecoder().decode(initdb.stderr));

  const settings = [
    "fsync=off",
    "log_min_messages=log",
    "unix_socket_directories=",
    "max_connections=80",
  ];
  for (let tries = 1;; tries++) {
    const port = freePort();
    const server = new Deno.Command(`${programs}/postgres`, {
      args: [
        ...["-D", data, "-h", "127.0.0.1", "-p", `${port}`],
        ...settings.flatMap((setting) => ["-c", setting]),
      ],
      cwd: folder,
      ...user,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const { isReady, log } = await readStart(server.stderr);
    if (isReady) {
      return serverAt(`postgres://parley@127.0.0.1:${port}/postgres`, () => {
        server.kill("SIGQUIT");
        removeIfPossible(folder);
      });
    }
    await server.status;
    // Postgres cannot choose a port itself, so that another program may come before it.
    if (tries === 5 || !log.includes("Address already in use")) {
      throw new Error(`Cannot start Postgres: ${log}`);
    }
  }
}

/** A server that is about to die may still write there: then the folder stays, in the system's own. */
function removeIfPossible(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    console.warn("A folder of Postgres is left", error);
  }
}

function serverAt(url: string, kill: () => void): TestPostgres {
  return {
    async createDatabase() {
      const name = `parley_test_${crypto.randomUUID().replaceAll("-", "")}`;
      await administer(url, `CREATE DATABASE ${name}`);
      const database = new URL(url);
      database.pathname = `/${name}`;
      return {
        url: database.href,
        ask: (statement) => administer(database.href, statement),
        async cutOff() {
          await administer(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
          await administer(
            url,
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
          );
        },
        async connections() {
          const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}'`;
          return (await administer(url, sql)).length;
        },
        async admit() {
          await administer(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
        },
        async drop() {
          await administer(url, `DROP DATABASE ${name} WITH (FORCE)`);
        },
      };
    },
    kill,
  };
}

/** Runs one statement over a connection of its own. */
async function administer(url: string, statement: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

async function readStart(
  stderr: ReadableStream<Uint8Array>,
): Promise<{ readonly isReady: boolean; readonly log: string }> {
  const reader = stderr.getReader();
  const decoder = new TextDecoder();
  let log = "";
  while (!log.includes("database system is ready to accept connections")) {
    const { done, value } = await reader.read();
    if (done) return { isReady: false, log };
    log += decoder.decode(value, { stream: true });
  }
  // The server writes little from now on; the pipe has room for it.
  reader.releaseLock();
  return { isReady: true, log };
}

/** Postgres does not start as root. */
async function unprivilegedUser(): Promise<{ uid?: number; gid?: number }> {
  if (Deno.uid() !== 0) return {};
  const users = await Deno.readTextFile("/etc/passwd");
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(users) ?? [, "65534", "65534"];
  return { uid: Number(uid), gid: Number(gid) };
}
