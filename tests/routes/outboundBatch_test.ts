import assert from "node:assert/strict";
import { get, initiate, ringing, slowPace, statusOf } from "../support/twilio/dialling.ts";
import { otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

const path = "/api/outbound/batch";
const numbers = Array.from({ length: 8 }, (_, n) => `+1415555012${n}`);

Deno.test("a batch refuses what may not be dialled and calls all others, one after another", async () => {
  const busy = { answer: "busy" } as const;
  await using server = await startPhoneServer({
    env: { OUTBOUND_CONCURRENT: "2" },
    network: { otherNumbers: busy, speed: 50 },
  });
  const calls = [
    ...numbers.map((to) => ({ to, variables: { name: to.slice(-1) } })),
    { to: "+19005550123" },
    { to: "nobody" },
  ];
  const answer = await server.post(path, { calls, agent: "receptionist", context: "a reminder" });
  assert.equal(answer.status, 202);
  const { batchId, accepted, refused } = await answer.json();
  assert.equal(accepted, numbers.length);
  assert.deepEqual(
    refused.map((each: Record<string, unknown>) => [each.index, each.code, each.reason]),
    [[8, "destination_not_allowed", "premium_rate"], [9, "invalid_number", "not_e164"]],
  );
  const done = await until(
    () => get(server, `${path}/${batchId}`),
    ({ progress }) => progress.ended === numbers.length,
  );
  assert.equal(done.total, calls.length);
  assert.deepEqual(
    done.calls.map(({ to, detail }: Record<string, unknown>) => [to, detail]),
    [
      ...numbers.map((to) => [to, "busy"]),
      ["+19005550123", "premium_rate"],
      ["nobody", "not_e164"],
    ],
  );
  assert.deepEqual(server.network.calls.map(({ to }) => to).sort(), numbers);
  const { callId } = done.calls[3];
  const call = await get(server, `/api/outbound/${callId}`);
  assert.deepEqual([call.to, call.outcome], [numbers[3], "busy"]);
});

Deno.test("a batch is its key's alone, and what is not dialled yet can be cancelled", async () => {
  await using server = await startPhoneServer({
    env: { OUTBOUND_CONCURRENT: "2" },
    ...ringing,
  });
  const calls = numbers.map((to) => ({ to }));
  const { batchId } = await (await server.post(path, { calls })).json();
  const foreign = await server.request(`${path}/${batchId}`, {
    headers: { "X-API-Key": otherKey },
  });
  assert.deepEqual(await problemOf(foreign), [404, "unknown_batch"]);
  const cancelPath = `${path}/${batchId}/cancel`;
  const notMine = await server.post(cancelPath, undefined, otherKey);
  assert.deepEqual(await problemOf(notMine), [404, "unknown_batch"]);

  await until(() => get(server, `${path}/${batchId}`), ({ progress }) => progress.placed === 2);
  const { cancelled } = await (await server.post(cancelPath)).json();
  assert.equal(cancelled, numbers.length - 2);
  const { progress } = await get(server, `${path}/${batchId}`);
  assert.deepEqual([progress.placed, progress.cancelled], [2, numbers.length - 2]);
  assert.equal(server.network.calls.length, 2);
  // It is cancelled already.
  const again = await (await server.post(cancelPath)).json();
  assert.deepEqual(again, { success: true, cancelled: 0 });
});

Deno.test("no more is taken out of a batch than its key has room for", async () => {
  await using server = await startPhoneServer({ env: { OUTBOUND_CONCURRENT: "2" }, ...ringing });
  const calls = numbers.map((to) => ({ to }));
  const { batchId } = await (await server.post(path, { calls })).json();
  const state = () => get(server, `${path}/${batchId}`);
  await until(state, ({ progress }) => progress.placed === 2);
  // What another key dials shows that batches have been looked at since.
  const other = await (await server.post(path, { calls: calls.slice(0, 3) }, otherKey)).json();
  await until(
    () => get(server, `${path}/${other.batchId}`, otherKey),
    ({ progress }) => progress.placed === 2,
  );
  const { progress } = await state();
  assert.deepEqual([progress.placed, progress.placing, progress.pending], [2, 0, 6]);
  // Who hangs up makes room for one.
  const [first] = server.network.calls;
  first?.finish({ status: "busy", reason: "busy" });
  await until(state, ({ progress }) => progress.ended === 1 && progress.placed === 2);
  assert.equal((await state()).progress.pending, 5);
});

Deno.test("a batch that is done cannot be cancelled", async () => {
  await using server = await startPhoneServer({
    network: { otherNumbers: { answer: "busy" }, speed: 50 },
  });
  const { batchId } = await (await server.post(path, { calls: [{ to: numbers[0] }] })).json();
  await until(
    () => get(server, `/api/outbound/batches/${batchId}`),
    ({ state }) => state === "done",
  );
  const late = await server.post(`${path}/${batchId}/cancel`);
  assert.deepEqual(await problemOf(late), [409, "batch_over"]);
  assert.equal((await get(server, `/api/outbound/batches/${batchId}`)).state, "done");
});

Deno.test("what rings when its batch is cancelled comes to its end, and is not tried again", async () => {
  await using server = await startPhoneServer({
    network: { otherNumbers: { answer: "busy", afterMs: 500 } },
  });
  const retry = { on: ["busy"], times: 3, afterMinutes: 1 };
  const { batchId } = await (await server.post(path, { calls: [{ to: numbers[0] }], retry }))
    .json();
  await until(() => get(server, `${path}/${batchId}`), ({ progress }) => progress.placed === 1);
  assert.equal(await statusOf(server.post(`${path}/${batchId}/cancel`)), 200);
  const { calls: [call] } = await until(
    () => get(server, `${path}/${batchId}`),
    ({ progress }) => progress.placed === 0,
  );
  assert.deepEqual([call.state, call.detail], ["ended", "busy"]);
  assert.equal((await get(server, `/api/outbound/${call.callId}`)).retriedBy, undefined);
});

Deno.test("a call of a batch that is hung up while it waits counts as cancelled", async () => {
  // The second call's turn never comes.
  const { env, overrides } = slowPace();
  await using server = await startPhoneServer({ env, overrides, ...ringing });
  const calls = numbers.slice(0, 2).map((to) => ({ to }));
  const { batchId } = await (await server.post(path, { calls })).json();
  const isWaiting = ({ state, callId }: Record<string, unknown>) =>
    state === "placing" && callId !== null;
  const state = await until(
    () => get(server, `${path}/${batchId}`),
    ({ progress, calls }) => progress.placed === 1 && calls.some(isWaiting),
  );
  const { callId } = state.calls.find(isWaiting);
  const hungUp = await (await server.post(`/api/outbound/${callId}/hangup`)).json();
  assert.equal(hungUp.outcome, "cancelled");
  const { progress } = await get(server, `${path}/${batchId}`);
  assert.deepEqual([progress.placed, progress.cancelled], [1, 1]);
});

Deno.test("a call asked for by itself need not wait for a whole batch", async () => {
  await using server = await startPhoneServer({
    env: { OUTBOUND_PER_SECOND: "2" },
    ...ringing,
  });
  const calls = numbers.map((to) => ({ to }));
  await statusOf(server.post(path, { calls }));
  const { position = 0 } = await (await initiate(server, { to: "+14155550199" })).json();
  assert.ok(position <= 3, `${position}`);
});

Deno.test("a batch pages through its calls", async () => {
  await using server = await startPhoneServer({
    env: { OUTBOUND_CONCURRENT: "1" },
    ...ringing,
  });
  const calls = numbers.map((to) => ({ to }));
  const { batchId } = await (await server.post(path, { calls })).json();
  const seen: string[] = [];
  for (let after: number | null = 0; after !== null;) {
    const page = await get(server, `${path}/${batchId}?limit=3&after=${after}`);
    seen.push(...page.calls.map(({ to }: { to: string }) => to));
    after = page.next;
  }
  assert.deepEqual(seen, numbers);
});

Deno.test("a batch of the wrong kind is refused whole", async () => {
  await using server = await startPhoneServer();
  const cases = [
    {},
    { calls: [] },
    { calls: "all" },
    { calls: [{ to: 5 }] },
    { calls: [{ to: "+14155550123", extra: 1 }] },
    { calls: Array.from({ length: 1001 }, () => ({ to: "+14155550123" })) },
    { calls: [{ to: "+14155550123" }], retry: { on: [], times: 0, afterMinutes: 0 } },
    { calls: [{ to: "+14155550123" }], agent: "nobody" },
  ];
  for (const body of cases) assert.equal(await statusOf(server.post(path, body)), 422);
  const huge = { calls: [{ to: "+14155550123" }], context: "x".repeat(3_000_000) };
  assert.deepEqual(await problemOf(await server.post(path, huge)), [413, "body_too_large"]);
  assert.equal(server.network.calls.length, 0);
});
