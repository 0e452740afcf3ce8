import assert from "node:assert/strict";
import { ADMIN, ALICE, BOB, READER, withApi } from "../support/servers/apiServer.ts";
import { callTagsRoutes } from "../../src/routes/callTags.ts";
import { problemOf } from "../support/problemOf.ts";
import { plainRouter } from "../support/servers/plainRouter.ts";
import { until } from "../support/until.ts";

const day = Date.UTC(2027, 0, 1);
const put = { method: "PUT" };

Deno.test("PUT and DELETE /api/calls/{id}/tags file a call under tags, by which it is found", () =>
  withApi({}, async ({ ask, remember, store }) => {
    await remember({ id: "call_a", keyName: "alice", startedAt: day }, {});
    await remember({ id: "call_b", keyName: "bob", startedAt: day }, {});
    const tagsOf = async (path: string, secret: string, init?: RequestInit) => {
      const answer = await ask(path, secret, init);
      assert.equal(answer.status, 200);
      return (await answer.json()).tags;
    };
    assert.deepEqual(await tagsOf("/api/calls/call_a/tags/Complaint", ALICE, put), ["complaint"]);
    assert.deepEqual(await tagsOf("/api/calls/call_a/tags/complaint", ADMIN, put), ["complaint"]);
    const both = ["complaint", "großkunde: vip"];
    const path = `/api/calls/call_a/tags/${encodeURIComponent(" Großkunde: VIP")}`;
    assert.deepEqual(await tagsOf(path, ADMIN, put), both);
    assert.deepEqual(await tagsOf("/api/calls/call_b/tags/complaint", BOB, put), ["complaint"]);
    assert.deepEqual((await (await ask("/api/calls/call_a", ALICE)).json()).tags, both);

    assert.deepEqual(await tagsOf("/api/tags", ADMIN), [
      { tag: "complaint", calls: 2 },
      { tag: "großkunde: vip", calls: 1 },
    ]);
    assert.deepEqual(await tagsOf("/api/tags", BOB), [{ tag: "complaint", calls: 1 }]);
    const { calls } = await (await ask("/api/calls?tag=COMPLAINT", ALICE)).json();
    assert.deepEqual(calls.map(({ id, tags }: { id: string; tags: string[] }) => [id, tags]), [
      ["call_a", both],
    ]);

    await tagsOf("/api/calls/call_a/tags/never", ADMIN, { method: "DELETE" });
    assert.deepEqual(
      await tagsOf("/api/calls/call_a/tags/complaint", ADMIN, { method: "DELETE" }),
      ["großkunde: vip"],
    );
    await store.erasure.erase("call_a");
    assert.deepEqual(await tagsOf("/api/tags", ADMIN), [{ tag: "complaint", calls: 1 }]);
  }));

Deno.test("a call takes twenty tags, and no more of requests that come at once", () =>
  withApi({}, async ({ ask, remember }) => {
    await remember({ id: "call_a", startedAt: day }, {});
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, at) => ask(`/api/calls/call_a/tags/t${at}`, ADMIN, put)),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    assert.equal(refused.length, 4);
    for (const answer of refused) {
      assert.deepEqual(await problemOf(answer), [409, "too_many_tags"]);
    }
    assert.equal((await (await ask("/api/calls/call_a", ADMIN)).json()).tags.length, 20);
  }));

Deno.test("tags are changed by an admin or the call's own key alone", () =>
  withApi({}, async ({ ask, remember }) => {
    await remember({ id: "call_a", keyName: "alice", startedAt: day }, {});
    const path = "/api/calls/call_a/tags/mine";
    assert.deepEqual(await problemOf(await ask(path, BOB, put)), [404, "unknown_call"]);
    assert.deepEqual(await problemOf(await ask(path, READER, put)), [403, "scope_missing"]);
    assert.deepEqual(await problemOf(await ask(path, undefined, put)), [401, "key_required"]);
    const unknown = await ask("/api/calls/call_z/tags/mine", ADMIN, put);
    assert.deepEqual(await problemOf(unknown), [404, "unknown_call"]);
  }));

for (const tag of ["a".repeat(41), "%20", "-a", "a%0Ab", "%3Cb%3E", "a%2Cb", "%00"]) {
  Deno.test(`PUT /api/calls/{id}/tags refuses ${tag.slice(0, 20)}`, () =>
    withApi({}, async ({ ask, remember }) => {
      await remember({ id: "call_a", startedAt: day }, {});
      const refused = await ask(`/api/calls/call_a/tags/${tag}`, ADMIN, put);
      assert.deepEqual(await problemOf(refused), [422, "invalid_request"]);
    }));
}

Deno.test("GET /api/tags is refused while as many others are being answered as may be", async () => {
  const answers: (() => void)[] = [];
  const router = plainRouter((router) => {
    const routes = callTagsRoutes({
      access: () => (c, next) => {
        c.set("caller", { scopes: ["admin"], seesAll: true, isAdmin: true });
        return next();
      },
      lookup: { record: () => Promise.resolve(undefined) },
      callTags: {
        known: () => new Promise((resolve) => answers.push(() => resolve([]))),
        add: () => Promise.resolve([]),
        remove: () => Promise.resolve([]),
      },
    });
    router.route("/", routes);
  });
  const ask = () =>
    router.request("http://parley.test/api/tags", {}, { remoteAddress: "127.0.0.1" });
  const begun = Array.from({ length: 4 }, ask);
  await until(() => answers.length, (count) => count === 4);
  const refused = await ask();
  assert.equal(refused.headers.get("retry-after"), "2");
  assert.deepEqual(await problemOf(refused), [503, "queries_busy"]);
  for (const answer of answers.splice(0)) answer();
  for (const answer of begun) assert.deepEqual(await (await answer).json(), { tags: [] });
  const next = ask();
  await until(() => answers.length, (count) => count === 1);
  answers[0]?.();
  assert.equal((await next).status, 200);
});
