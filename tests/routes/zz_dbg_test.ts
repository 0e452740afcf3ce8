import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { temporaryDatabase } from "../support/dialling.ts";
import { account, apiKey, otherKey, startPhoneServer } from "../support/phoneServer.ts";

const path = "/api/outbound/initiate";
const to = "+14155550123";

async function codeOf(answer: Response): Promise<unknown> {
  const { error, code, requestId } = await answer.json();
  assert.match(error, /\.$/);
  assert.equal(requestId, answer.headers.get("x-request-id"));
  return [answer.status, code];
}

Deno.test("nothing is dialled while the store does not answer, and a call under way goes on", async () => {
  await using place = await temporaryDatabase();
  await using server = await startPhoneServer({ env: { DATABASE_URL: place.url } });
  await (await server.post(path, { to })).body?.cancel();
  const call = await server.network.nextCall();
  await call.next("media");
  using locked = new DatabaseSync(place.url.slice("sqlite:".length));
  console.log("lock", Date.now()); locked.exec("BEGIN EXCLUSIVE"); console.log("locked", Date.now());
  const answer = await server.post(path, { to });
  assert.deepEqual(await codeOf(answer), [503, "store_unavailable"]);
  console.log("answered", Date.now());
  assert.equal(server.network.calls.length, 1);
  assert.equal(server.app.registry.size, 1);
  locked.exec("ROLLBACK"); console.log("rolled", Date.now());
  assert.equal((await (await server.post(path, { to })).json()).success, true);
});
