import assert from "node:assert/strict";
import { get } from "../support/twilio/dialling.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

const path = "/api/outbound/batches";
const bossKey = "the-secret-of-who-may-do-all";
const busy = { network: { otherNumbers: { answer: "busy" }, speed: 50 } } as const;

const withBoss = { ...busy, env: { API_KEYS: `ops:${apiKey},boss:${bossKey};scopes=admin` } };

/** Four of its lines cannot be called: of each kind one. */
const table = [
  "phone,name,id",
  "+14155550120,Ann,a",
  "+14155550121,Bob,b,surplus",
  "(415) 555-0122,Cy,c",
  "",
  "+19005550123,Di,d",
  "+14155550124,Ed,e",
  "+14155550120,Flo,f",
  "+14155550126,Gus,g",
].join("\n");

function sendTable(
  server: TestServer,
  { to = path, requestKey, options = {} }: {
    readonly to?: string;
    readonly requestKey?: string;
    readonly options?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<Response> {
  return server.request(`${to}?options=${encodeURIComponent(JSON.stringify(options))}`, {
    method: "POST",
    headers: {
      ...{ "X-API-Key": apiKey, "Content-Type": "text/csv" },
      ...(requestKey !== undefined && { "Idempotency-Key": requestKey }),
    },
    body: table,
  });
}

const refusedLines = [
  [1, 3, "invalid_line", "too_many_cells"],
  [2, 4, "invalid_number", "no_country"],
  [3, 6, "destination_not_allowed", "premium_rate"],
  [5, 8, "duplicate_number", "duplicate_number"],
];

function shownRefusals(rows: readonly Record<string, unknown>[]) {
  return rows.flatMap(({ index, line, code, reason, state = "refused" }) =>
    state === "refused" ? [[index, line, code, reason]] : []
  );
}

Deno.test("every line of a file has one number, wherever it is told of", async () => {
  await using server = await startPhoneServer(busy);
  const previewed = await (await sendTable(server, { to: `${path}/preview` })).json();
  assert.deepEqual(previewed.calls.map(({ index }: { index: number }) => index), [
    ...[0, 1, 2, 3, 4, 5, 6],
  ]);
  assert.deepEqual(shownRefusals(previewed.calls), refusedLines);
  const sent = await (await sendTable(server, { options: { paused: true } })).json();
  assert.equal(sent.accepted, 3);
  assert.deepEqual(shownRefusals(sent.refused), refusedLines);

  const batch = `${path}/${sent.batchId}`;
  const { results } = await get(server, `${batch}/results`);
  assert.deepEqual(
    results.map((each: Record<string, unknown>) => [
      ...[each["index"], each["line"], each["id"], each["state"], each["detail"]],
    ]),
    [
      [0, 2, "a", "pending", null],
      [1, 3, null, "refused", "too_many_cells"],
      [2, 4, "c", "refused", "no_country"],
      [3, 6, "d", "refused", "premium_rate"],
      [4, 7, "e", "pending", null],
      [5, 8, "f", "refused", "duplicate_number"],
      [6, 9, "g", "pending", null],
    ],
  );
  assert.deepEqual([results[2].to, results[2].variables], ["(415) 555-0122", { name: "Cy" }]);
  assert.match(results[1].error, /more cells than there are headings/);
  const older = await get(server, `/api/outbound/batch/${sent.batchId}`);
  assert.deepEqual(
    older.calls.map(({ index, to }: Record<string, unknown>) => [index, to]),
    results.map(({ index, to }: Record<string, unknown>) => [index, to]),
  );
  const csv = await server.request(`${batch}/results.csv`, { headers: { "X-API-Key": apiKey } });
  assert.match(await csv.text(), /\r\n3,6,d,\+19005550123,refused,premium_rate,Premium-rate /);

  const remove = (index: number) =>
    server.request(`${batch}/calls/${index}`, {
      method: "DELETE",
      headers: { "X-API-Key": apiKey },
    });
  assert.deepEqual(await problemOf(await remove(3)), [409, "item_refused"]);
  assert.deepEqual(await (await remove(4)).json(), { success: true });
  await (await server.post(`${batch}/resume`)).body?.cancel();
  const done = await until(() => get(server, batch), ({ state }) => state === "done");
  assert.deepEqual([done.total, done.progress.refused, done.progress.cancelled], [7, 4, 1]);
  assert.deepEqual(server.network.calls.map(({ to }) => to), ["+14155550120", "+14155550126"]);
});

Deno.test("a file that is sent again under its Idempotency-Key has the same answer, after an erasure as well", async () => {
  await using server = await startPhoneServer(withBoss);
  const send = async () => await (await sendTable(server, { requestKey: "june" })).json();
  const first = await send();
  assert.deepEqual(shownRefusals(first.refused), refusedLines);
  assert.deepEqual(await send(), first);
  await until(() => get(server, `${path}/${first.batchId}`), ({ state }) => state === "done");
  for (const number of ["+19005550123", "+14155550122"]) {
    const erased = await server.request(`/api/callers/${encodeURIComponent(number)}`, {
      method: "DELETE",
      headers: { "X-API-Key": bossKey },
    });
    assert.equal(erased.status, 200, await erased.text());
  }
  assert.deepEqual(await send(), first);
  // Also the number that was not read as one.
  const { results } = await get(server, `${path}/${first.batchId}/results`);
  for (const at of [2, 3]) {
    assert.deepEqual([results[at].to, results[at].id, results[at].variables], ["", null, {}]);
  }
  assert.equal(results[0].to, "+14155550120");
});

Deno.test("an erased number is gone from refused lines as well, whatever else was written with it", async () => {
  await using server = await startPhoneServer(withBoss);
  const number = "+12025550166";
  const own = ["(home) +1-202-555-0166", `${number} ext 7`, "1.2025550166E+10", "202 555 0166 x7"];
  const others = ["%%%%%%%", "\\", "+12025550177 ext 7"];
  const table = ["phone,name", ...[...own, ...others].map((text) => `${text},Ann`)].join("\n");
  const sent = await server.request(path, {
    method: "POST",
    headers: { "X-API-Key": apiKey, "content-type": "text/csv" },
    body: table,
  });
  const { batchId, accepted } = await sent.json();
  assert.equal(accepted, 0);
  const erased = await server.request(`/api/callers/${encodeURIComponent(number)}`, {
    method: "DELETE",
    headers: { "X-API-Key": bossKey },
  });
  assert.equal(erased.status, 200, await erased.text());
  const { results } = await get(server, `${path}/${batchId}/results`);
  assert.deepEqual(
    results.map((
      { to, variables }: { to: string; variables: { name?: string } },
    ) => [to, variables.name]),
    [...own.map(() => ["", undefined]), ...others.map((to) => [to, "Ann"])],
  );
  const kept = JSON.stringify([results, await get(server, `${path}/${batchId}`)]);
  assert.doesNotMatch(kept, /0166/);
});

Deno.test("a batch of which no call can be made is kept with its reasons, and its ids stay free", async () => {
  await using server = await startPhoneServer(busy);
  const calls = [{ to: "+19005550123", id: "a" }, { to: "12", id: "b" }];
  const { batchId, accepted } = await (await server.post(path, { calls })).json();
  assert.equal(accepted, 0);
  const done = await until(
    () => get(server, `${path}/${batchId}`),
    ({ state }) => state === "done",
  );
  assert.deepEqual(done.outcomes, [
    { state: "refused", detail: "premium_rate", items: 1 },
    { state: "refused", detail: "short_number", items: 1 },
  ]);
  const mended = { calls: [{ to: "+14155550120", id: "a" }] };
  assert.equal((await (await server.post(path, mended)).json()).accepted, 1);
});
