import assert from "node:assert/strict";
import pg from "pg";
import { createDatabase, instancesTest as test } from "../support/servers/instances.ts";
import { SignInVisitor, startSignInServer } from "../support/servers/signInServer.ts";
import { openClient } from "../support/browser/webClient.ts";
import { openRawSocket } from "../support/servers/rawSocket.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

const key = "0123456789abcdef";
const WAITING = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%calls%'`;

/** A live call, and a person who is signed in and may follow it. */
async function open() {
  const stack = new AsyncDisposableStack();
  const database = await createDatabase();
  stack.defer(() => database.drop());
  const env = {
    DATABASE_URL: database.url,
    API_KEYS: `ops:${key};scopes=admin`,
    ALLOWED_ORIGINS: "https://app.example.com",
  };
  const server = stack.use(await startSignInServer({ env }));
  const asked = await server.request("/api/web/session", {
    method: "POST",
    headers: { "X-API-Key": key },
  });
  const client = openClient(server, (await asked.json()).token);
  stack.defer(async () => void await client.close());
  const { callId } = await client.get("ready");
  const ann = new SignInVisitor(server.origin);
  await ann.signIn("ann");
  await until(() => ann.send(`/api/calls/${callId}`), ({ status }) => status === 200);
  return {
    ...{ server, ann, path: `/api/calls/${callId}` },
    /** Signs out while a request waits for the record of its call. */
    async signOutDuring<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
      const holder = new pg.Client({ connectionString: database.url });
      await holder.connect();
      try {
        await holder.query("BEGIN");
        await holder.query("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE");
        const answer = ask();
        await until(() => database.ask(WAITING), (rows) => rows.length > 0);
        assert.equal((await ann.post("/sign-out")).status, 200);
        await holder.query("ROLLBACK");
        return await answer;
      } finally {
        await holder.end();
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test("a stream of events does not open for a session that ended while its call was looked up", async () => {
  await using rig = await open();
  const leaving = new AbortController();
  const { signal } = leaving;
  const answer = await rig.signOutDuring(() => rig.ann.send(`${rig.path}/events`, { signal }));
  try {
    assert.equal(answer.status, 401);
    assert.deepEqual(await problemOf(answer), [401, "session_ended"]);
  } finally {
    leaving.abort();
  }
});

test("a listening socket does not open for a session that ended while its call was looked up", async () => {
  await using rig = await open();
  const { token } = await (await rig.ann.post(`${rig.path}/listen`)).json();
  using socket = await rig.signOutDuring(() =>
    openRawSocket(rig.server.origin, `${rig.path}/listen`, {
      "Origin": rig.server.origin,
      "Sec-WebSocket-Protocol": `parley.listen.v1, token.${token}`,
    })
  );
  assert.match(socket.answer, /^HTTP\/1\.1 401 /);
});

test("a listening socket of a person opens from the server's own page alone", async () => {
  await using rig = await open();
  const listen = async (headers: Readonly<Record<string, string>>) => {
    const { token } = await (await rig.ann.post(`${rig.path}/listen`)).json();
    using socket = await openRawSocket(rig.server.origin, `${rig.path}/listen`, {
      ...{ Cookie: [...rig.ann.cookies].map((pair) => pair.join("=")).join("; ") },
      ...{ "Sec-WebSocket-Protocol": `parley.listen.v1, token.${token}` },
      ...headers,
    });
    return Number(/^HTTP\/1\.1 (\d+) /.exec(socket.answer)?.[1]);
  };
  assert.equal(await listen({ Origin: rig.server.origin }), 101);
  assert.equal(await listen({ Origin: "https://elsewhere.example" }), 403);
  assert.equal(await listen({ Origin: "https://app.example.com" }), 403);
  assert.equal(await listen({}), 403);
});
