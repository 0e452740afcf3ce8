import { startBeside } from "../twilio/dialling.ts";
import { EventReader, type ReadEvent } from "../eventReader.ts";
import {
  apiKey,
  otherKey,
  type ServedApp,
  startPhoneServer,
  type TestServer,
  type TestServerOptions,
} from "./phoneServer.ts";
import { startPostgres, type TestDatabase } from "../store/postgres.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

export const adminKey = "the-admin-secret-0123456789";

/** Two keys of the same kind, and one that may do everything. */
export const keysWithAdmin = `ops:${apiKey},other:${otherKey},admin:${adminKey};scopes=admin`;

/** Whether there is a Postgres to share. */
export const isPostgresThere = postgres !== undefined;

/** A test that starts instances; left out where there is no Postgres that they could share. */
export function instancesTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !isPostgresThere, fn });
}

/** An empty database of that Postgres. */
export async function createDatabase(): Promise<TestDatabase> {
  if (postgres === undefined) throw new Error("Cannot test with Postgres: there is none");
  return await postgres.createDatabase();
}

export type Instance = ServedApp;

/** Two instances of the server on one Postgres, and one simulated Twilio around both. */
export interface TwoInstances extends AsyncDisposable {
  /** The simulated network calls it, unless it is connected to another. */
  readonly first: TestServer;
  readonly second: Instance;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connections that are open to the database. */
  connections(): Promise<number>;
  /** Breaks all connections of the database and refuses others until the returned function is called. */
  breakDatabase(): Promise<() => Promise<void>>;
}

export async function startTwoInstances(
  options: TestServerOptions = {},
): Promise<TwoInstances> {
  const stack = new AsyncDisposableStack();
  const database = await createDatabase();
  stack.defer(() => database.drop());
  const env = { ...options.env, DATABASE_URL: database.url };
  const first = stack.use(await startPhoneServer({ ...options, env }));
  const second = stack.use(await startBeside(first, env, options.overrides));
  return {
    first,
    second,
    env,
    connections: database.connections,
    async breakDatabase() {
      await database.cutOff();
      return database.admit;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A request with a key and a JSON body, of any instance. */
export function post(
  { request }: Pick<Instance, "request">,
  path: string,
  body: unknown = {},
  key = apiKey,
): Promise<Response> {
  return request(path, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Follows events of an instance, behind the last one that was read elsewhere if there is one. */
export async function follow(
  { request }: Pick<Instance, "request">,
  path: string,
  { key = apiKey, lastEventId }: { readonly key?: string; readonly lastEventId?: string } = {},
): Promise<EventReader> {
  const response = await request(path, {
    headers: {
      "X-API-Key": key,
      ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }),
    },
  });
  if (response.status !== 200) throw new Error(`Cannot follow events: ${await response.text()}`);
  return new EventReader(response);
}

/** Reads until an event of this name, that one included. */
export async function readUntil(reader: EventReader, name: string): Promise<readonly ReadEvent[]> {
  const events: ReadEvent[] = [];
  for (;;) {
    const event = await reader.next();
    if (event === undefined) throw new Error(`Cannot read on to ${name}: the stream is over`);
    if (event.name === "comment") throw new Error(`Cannot read on to ${name}: nothing happens`);
    events.push(event);
    if (event.name === name) return events;
  }
}
