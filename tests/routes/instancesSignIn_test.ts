import assert from "node:assert/strict";
import { createDatabase, instancesTest as test } from "../support/servers/instances.ts";
import { SignInVisitor, startSignInServer } from "../support/servers/signInServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

async function startTwo() {
  const stack = new AsyncDisposableStack();
  const database = await createDatabase();
  stack.defer(() => database.drop());
  // The provider sends people back there, whichever instance then answers.
  const env = { DATABASE_URL: database.url, PUBLIC_URL: "http://localhost:7000" };
  const first = stack.use(await startSignInServer({ env }));
  const second = stack.use(await startSignInServer({ env, beside: first }));
  return { first, second, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The same browser, at another instance behind the same address. */
function at(visitor: SignInVisitor, { origin }: { readonly origin: string }): SignInVisitor {
  const other = new SignInVisitor(origin);
  for (const [name, value] of visitor.cookies) other.cookies.set(name, value);
  return other;
}

test("who is signed in at one instance is at the other, and signed out at both", async () => {
  await using pair = await startTwo();
  const ann = new SignInVisitor(pair.first.origin);
  assert.equal((await ann.signIn("ann")).status, 303);
  const there = at(ann, pair.second);
  assert.equal((await there.me()).name, "ann@example.com");
  const events = await there.send("/api/events");
  assert.equal(events.status, 200);
  assert.equal((await ann.post("/sign-out")).status, 200);
  await events.text();
  await until(() => there.me(), ({ status }) => status === 401);
  assert.deepEqual(await problemOf(await there.send("/api/calls")), [401, "session_ended"]);
});

test("a sign-in that one instance has begun is finished by the other", async () => {
  await using pair = await startTwo();
  const ann = new SignInVisitor(pair.first.origin);
  const back = await ann.choose("ann");
  const there = at(ann, pair.second);
  assert.equal((await there.send(back)).status, 303);
  assert.equal((await there.me()).name, "ann@example.com");
  assert.equal((await at(there, pair.first).me()).name, "ann@example.com");
});
