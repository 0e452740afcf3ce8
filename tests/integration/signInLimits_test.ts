import assert from "node:assert/strict";
import { SignInVisitor, startSignInServer } from "../support/servers/signInServer.ts";
import { until } from "../support/until.ts";

const env = { TRUST_PROXY: "true" };

function strangers(origin: string, count: number): readonly SignInVisitor[] {
  return Array.from({ length: count }, (_, at) => new SignInVisitor(origin, `198.51.100.${at}`));
}

async function repeated(times: number, send: () => Promise<Response>): Promise<readonly number[]> {
  const statuses = [];
  for (let i = 0; i < times; i++) statuses.push((await send()).status);
  return statuses;
}

/** How often it was allowed before the first refusal; the limit refills while this goes on. */
async function allowedOf(most: number, send: () => Promise<Response>): Promise<number> {
  for (let allowed = 0; allowed < most; allowed++) {
    const { status } = await send();
    if (status === 429) return allowed;
    assert.equal(status, 303);
  }
  return Infinity;
}

Deno.test("those who merely begin to sign in, at many addresses, shut nobody out", async () => {
  await using server = await startSignInServer({ env });
  const ann = new SignInVisitor(server.origin, "203.0.113.1");
  const back = await ann.choose("ann");
  const counts = await Promise.all(
    strangers(server.origin, 6).map((one) => allowedOf(150, () => one.send("/sign-in"))),
  );
  for (const count of counts) assert.ok(count >= 60 && count < 150, `${count} allowed`);
  assert.equal((await ann.comeBack(back)).status, 303);
  assert.equal((await ann.me()).name, "ann@example.com");
  const bob = new SignInVisitor(server.origin, "203.0.113.2");
  assert.equal((await bob.signIn("bob")).status, 303);
  // Once for all of them: the endpoints are kept.
  const asked = server.provider.asked.filter((path) => path.startsWith("/.well-known"));
  assert.equal(asked.length, 1);
});

for (const failing of [false, true]) {
  const how = failing ? ", which make the provider fail" : "";
  Deno.test(`those who make codes up, at many addresses${how}, shut nobody else out`, async () => {
    await using server = await startSignInServer({ env });
    const all = await Promise.all(
      strangers(server.origin, 12).map(async (one) => ({ one, madeUp: await madeUpFor(one) })),
    );
    server.provider.faults.failing = failing;
    const statuses = await Promise.all(
      all.map(({ one, madeUp }) => repeated(20, () => one.comeBack(madeUp))),
    );
    server.provider.faults.failing = false;
    assert.ok(statuses.flat().includes(429), "the provider is not asked each time");
    const asked = server.provider.asked.filter((path) => path === "/token");
    assert.ok(asked.length < 200, `${asked.length} requests`);
    // An office with one address, whose people all have a role.
    for (let i = 0; i < 20; i++) {
      const visitor = new SignInVisitor(server.origin, "203.0.113.1");
      assert.equal((await visitor.signIn("ann")).status, 303);
    }
  });
}

Deno.test("who makes codes up at many addresses of one IPv6 network shuts nobody else out", async () => {
  await using server = await startSignInServer({ env });
  await Promise.all(Array.from({ length: 45 }, async (_, at) => {
    const one = new SignInVisitor(server.origin, `2001:db8:1:${at}::1`);
    const madeUp = await madeUpFor(one);
    await repeated(5, () => one.comeBack(madeUp));
  }));
  const asked = server.provider.asked.filter((path) => path === "/token");
  assert.ok(asked.length < 180, `${asked.length} requests`);
  const ann = new SignInVisitor(server.origin, "2001:db8:2::1");
  assert.equal((await ann.signIn("ann")).status, 303);
});

Deno.test("whom the provider vouches for in vain uses up the sign-ins of nobody else", async () => {
  await using server = await startSignInServer({ env });
  const statuses = await Promise.all(
    strangers(server.origin, 12).map((one) => repeated(20, () => one.signIn("eve"))),
  );
  assert.ok(statuses.flat().includes(429));
  const ann = new SignInVisitor(server.origin, "203.0.113.1");
  assert.equal((await ann.signIn("ann")).status, 303);
});

async function madeUpFor(visitor: SignInVisitor): Promise<string> {
  return (await visitor.choose("eve")).replace(/code=[^&]*/, "code=made-up");
}

Deno.test("a provider that is away makes no stranger of those who try", async () => {
  await using server = await startSignInServer({ env });
  const ann = new SignInVisitor(server.origin, "203.0.113.1");
  const back = await ann.choose("ann");
  await Promise.all(
    strangers(server.origin, 12).map(async (one) => {
      const madeUp = await madeUpFor(one);
      await repeated(20, () => one.comeBack(madeUp));
    }),
  );
  await server.provider.close();
  const tries = await repeated(20, () => ann.comeBack(back));
  assert.deepEqual([...new Set(tries)], [503]);
});

Deno.test("faults of strangers hide from the audit nobody who is refused", async () => {
  await using server = await startSignInServer({ env });
  for (const one of strangers(server.origin, 24)) {
    const back = await one.choose("eve");
    await repeated(5, () => one.comeBack(`${back}&code=another`));
  }
  const eve = new SignInVisitor(server.origin, "203.0.113.1");
  assert.equal((await eve.signIn("eve")).status, 403);
  const ann = new SignInVisitor(server.origin, "203.0.113.2");
  await ann.signIn("ann");
  const { key, outcome } = await until(
    async () => {
      const { entries } = await (await ann.send("/api/audit?action=session.begin")).json();
      return entries.find((entry: { outcome: string }) => entry.outcome === "refused");
    },
    (found) => found !== undefined,
  );
  assert.deepEqual([key, outcome], ["eve@elsewhere.example", "refused"]);
});
