import assert from "node:assert/strict";
import { SignInVisitor, startSignInServer } from "../support/servers/signInServer.ts";
import { problemOf } from "../support/problemOf.ts";

async function namesOf(visitor: SignInVisitor): Promise<readonly string[]> {
  const { sessions } = await (await visitor.send("/api/sessions")).json();
  return sessions.map(({ name }: { readonly name: string }) => name);
}

/** The same cookies, as somebody may have copied them. */
function copyOf(visitor: SignInVisitor): SignInVisitor {
  const copy = new SignInVisitor(visitor.origin);
  for (const [name, value] of visitor.cookies) copy.cookies.set(name, value);
  return copy;
}

Deno.test("a browser that signs in again ends the session that it had, with its streams", async () => {
  await using server = await startSignInServer();
  const visitor = new SignInVisitor(server.origin);
  await visitor.signIn("bob");
  const earlier = copyOf(visitor);
  using leaving = new DisposableStack();
  const { signal } = leaving.adopt(new AbortController(), (stream) => stream.abort());
  const events = await earlier.send("/api/events", { signal });
  assert.equal(events.status, 200);
  assert.equal((await visitor.signIn("ann")).status, 303);
  assert.deepEqual(await problemOf(await earlier.send("/api/calls")), [401, "session_ended"]);
  await events.text();
  assert.deepEqual(await namesOf(visitor), ["ann@example.com"]);
});

Deno.test("a sign-in that comes to nothing leaves the browser the session that it had", async () => {
  await using server = await startSignInServer();
  const visitor = new SignInVisitor(server.origin);
  await visitor.signIn("ann");
  assert.equal((await visitor.signIn("eve")).status, 403);
  assert.equal((await visitor.me()).name, "ann@example.com");
});

Deno.test("a sign-in ends no session but that of its own browser", async () => {
  await using server = await startSignInServer();
  const [ann, other] = [new SignInVisitor(server.origin), new SignInVisitor(server.origin)];
  await ann.signIn("ann");
  const { sessions } = await (await ann.send("/api/sessions")).json();
  const back = await other.choose("bob");
  const forged = back.replace(/(state=[^&]*)\.([\w-]{43})/, `$1.${sessions[0].id}.$2`);
  assert.notEqual(forged, back);
  assert.equal((await other.comeBack(forged)).status, 400);
  assert.equal((await other.comeBack(back)).status, 303);
  assert.deepEqual(await namesOf(ann), ["bob@example.com", "ann@example.com"]);
});
