import assert from "node:assert/strict";
import {
  ADMIN,
  ALICE,
  type ApiServerOptions,
  BOB,
  GUEST,
  withApi,
} from "../support/servers/apiServer.ts";
import { recordedApi } from "../support/servers/recordedApi.ts";
import { problemOf } from "../support/problemOf.ts";

const SOUND = Uint8Array.from({ length: 32_000 }, (_, at) => at % 200);

Deno.test("a link plays one recording without a key, in ranges, for ten minutes", async () => {
  await using recorded = await recordedApi();
  await withApi({ mount: recorded.mount }, async ({ ask, remember }) => {
    for (const id of ["call_1", "call_2"]) {
      await remember({ id, keyName: "alice" }, {});
      recorded.write(id, "pcmu", SOUND);
    }
    const post = { method: "POST" };
    const link = "/api/calls/call_1/recording/link";
    assert.deepEqual(await problemOf(await ask(link, undefined, post)), [401, "key_required"]);
    assert.deepEqual(await problemOf(await ask(link, BOB, post)), [404, "unknown_call"]);
    const { path, expiresAt } = await (await ask(link, ALICE, post)).json();
    assert.equal(expiresAt, "2027-01-01T00:10:00.000Z");
    const heard = await ask(path, undefined, { headers: { range: "bytes=58-1057" } });
    assert.equal(heard.status, 206);
    assert.equal(heard.headers.get("content-range"), "bytes 58-1057/32058");
    assert.deepEqual(new Uint8Array(await heard.arrayBuffer()), SOUND.subarray(0, 1000));

    const refused = async (at: string) =>
      assert.deepEqual(await problemOf(await ask(at)), [401, "link_invalid"], at);
    await refused("/api/calls/call_1/recording/sound");
    await refused(path.replace("call_1", "call_2"));
    await refused(path.replace(/\d{13}/, (until: string) => String(Number(until) + 1)));
    await refused(path.replace("alice", "bob"));
    await refused(path.slice(0, -1) + (path.endsWith("0") ? "1" : "0"));
    recorded.clock.now += 10 * 60_000;
    await refused(path);
  });
});

Deno.test("a link ends with the key that it was given to", async () => {
  await using recorded = await recordedApi();
  await withApi({ mount: recorded.mount }, async ({ ask, remember }) => {
    await remember({ id: "call_1", keyName: "guest" }, {});
    recorded.write("call_1", "pcmu", SOUND);
    const post = { method: "POST" };
    recorded.clock.now = Date.UTC(2027, 0, 2) - 60_000;
    const asked = await ask("/api/calls/call_1/recording/link", GUEST, post);
    const { path, expiresAt } = await asked.json();
    assert.equal(expiresAt, "2027-01-02T00:00:00.000Z");
    const heard = await ask(path);
    assert.equal(heard.status, 200);
    await heard.body?.cancel();
    recorded.revoked.add("guest");
    assert.deepEqual(await problemOf(await ask(path)), [401, "link_invalid"]);
  });
});

Deno.test("whoever reads a recording is written down, by parts once in ten minutes", async () => {
  await using recorded = await recordedApi();
  let noted: unknown[] = [];
  const onAudit: ApiServerOptions["onAudit"] = ({ keyName, subject, refused }) =>
    void noted.push([keyName, subject, refused]);
  await withApi({ mount: recorded.mount, onAudit }, async ({ ask, remember }) => {
    await remember({ id: "call_1", keyName: "alice" }, {});
    recorded.write("call_1", "pcmu", SOUND);
    const read = async (range?: string, { by = ALICE, method = "GET" } = {}) => {
      noted = [];
      const headers = range === undefined ? {} : { range };
      const answer = await ask("/api/calls/call_1/recording", by, { method, headers });
      await answer.arrayBuffer();
      return noted;
    };
    const alice = [["alice", "call_1", undefined]];
    assert.deepEqual(await read("bytes=99999-"), [
      ["alice", "call_1", "range_not_satisfiable"],
    ]);
    assert.deepEqual(await read(undefined, { method: "HEAD" }), []);
    assert.deepEqual(await read("bytes=1-"), alice);
    assert.deepEqual(await read("bytes=500-999"), []);
    assert.deepEqual(await read(), alice);
    assert.deepEqual(await read("bytes=500-999", { by: ADMIN }), [
      ["admin", "call_1", undefined],
    ]);
    recorded.clock.now += 10 * 60_000;
    // Several ranges are answered with all of it.
    assert.deepEqual(await read("bytes=1-2,4-5"), alice);
  });
});

Deno.test("a link takes the requests of a player that seeks, and no flood of them", async () => {
  await using recorded = await recordedApi();
  await withApi({ mount: recorded.mount }, async ({ ask, remember }) => {
    await remember({ id: "call_1", keyName: "alice" }, {});
    recorded.write("call_1", "pcmu", SOUND);
    const linked = async () => {
      const post = { method: "POST" };
      return (await (await ask("/api/calls/call_1/recording/link", ALICE, post)).json()).path;
    };
    const path = await linked();
    const play = async (of: string, address = "203.0.113.1") => {
      recorded.clock.address = address;
      const answer = await ask(of, undefined, { headers: { range: "bytes=58-59" } });
      return answer.status === 206 ? (await answer.arrayBuffer(), 206) : await problemOf(answer);
    };
    for (let at = 0; at < 200; at++) assert.equal(await play(path), 206);
    assert.deepEqual(await play(path), [429, "rate_limited"]);
    assert.equal(await play(path, "203.0.113.2"), 206, "another listener");
    recorded.clock.now += 1000;
    for (let at = 0; at < 10; at++) assert.equal(await play(path), 206);
    assert.deepEqual(await play(path), [429, "rate_limited"]);
    assert.equal(await play(await linked()), 206, "another link");
    for (let at = 0; at < 409; at++) {
      assert.equal(await play(path, `203.0.113.${3 + at % 200}`), 206);
    }
    assert.deepEqual(await play(path, "203.0.113.210"), [429, "rate_limited"], "one for all");
  });
});
