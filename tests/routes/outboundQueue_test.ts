import assert from "node:assert/strict";
import {
  callUntil,
  get,
  initiate,
  initiateDialled,
  ringing,
  slowPace,
  startBeside,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";

Deno.test("calls beyond the pace of a number wait, with their position, and are dialled in turn", async () => {
  const pace = slowPace();
  await using server = await startPhoneServer({ ...pace, ...ringing });
  await initiateDialled(server);
  const others = ["+14155550124", "+14155550125"].map((to) => initiate(server, { to }));
  const answers = await Promise.all(others);
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  bodies.sort((a, b) => a.position - b.position);
  assert.deepEqual(answers.map(({ status }) => status), [202, 202]);
  assert.deepEqual(
    bodies.map(({ success, status, position }) => [success, status, position]),
    [[true, "queued", 1], [true, "queued", 2]],
  );
  assert.equal("callSid" in bodies[0], false);
  const waiting = await get(server, `/api/outbound/${bodies[1].callId}`);
  assert.deepEqual([waiting.status, waiting.position], ["queued", 2]);
  assert.deepEqual(
    await problemOf(
      await server.request(`/api/outbound/${bodies[1].callId}`, {
        headers: { "X-API-Key": otherKey },
      }),
    ),
    [404, "unknown_call"],
  );

  for (const { callId } of bodies) {
    pace.nextSecond();
    await callUntil(server, callId, ({ callSid }) => callSid !== undefined);
  }
  const dialled = server.network.calls.map(({ to }) => to);
  const turns = await Promise.all(
    bodies.map(async ({ callId }) => (await get(server, `/api/outbound/${callId}`)).to),
  );
  assert.deepEqual(dialled, ["+14155550123", ...turns]);
  const record = await get(server, `/api/calls/${bodies[0].callId}`);
  assert.equal(record.callSid, server.network.calls[1]?.sid);
});

Deno.test("a call that waits can be cancelled, and is never dialled", async () => {
  const pace = slowPace();
  await using server = await startPhoneServer({ ...pace, ...ringing });
  await initiateDialled(server);
  const { callId } = await (await initiate(server, { to: "+14155550124" })).json();
  const hungUp = await (await server.post(`/api/outbound/${callId}/hangup`)).json();
  assert.deepEqual([hungUp.status, hungUp.outcome], ["canceled", "cancelled"]);
  const last = await (await initiate(server, { to: "+14155550125" })).json();
  assert.equal(last.position, 1);
  pace.nextSecond();
  await callUntil(server, last.callId, ({ callSid }) => callSid !== undefined);
  assert.deepEqual(server.network.calls.map(({ to }) => to), ["+14155550123", "+14155550125"]);
});

Deno.test("calls that wait are dialled by the next process when theirs is gone", async () => {
  await using database = await temporaryDatabase();
  const pace = slowPace();
  const env = { ...pace.env, DATABASE_URL: database.url };
  await using server = await startPhoneServer({ ...pace, env, ...ringing });
  await initiateDialled(server);
  const { callId } = await (await initiate(server, { to: "+14155550124" })).json();
  await server.app.close();
  assert.equal(server.network.calls.length, 1);
  await using next = await startBeside(server, env);
  const { callSid } = await callUntil(next, callId, ({ callSid }) => callSid !== undefined);
  assert.equal(callSid, server.network.calls[1]?.sid);
});
