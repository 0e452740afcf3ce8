import assert from "node:assert/strict";
import { until } from "../support/until.ts";
import { createDatabase, instancesTest } from "../support/servers/instances.ts";
import { voiceOf } from "../support/servers/phoneRig.ts";
import {
  conversation,
  detail,
  heard,
  liveCalls,
  ring,
  startProcessRig,
} from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

instancesTest(
  "a call whose instance is killed goes on at another one, by the end of its stream",
  async () => {
    const database = await createDatabase();
    try {
      await using rig = await startProcessRig({ env: { DATABASE_URL: database.url } });
      const first = rig.server;
      const phone = await ring(rig);
      const [call] = await until(() => liveCalls(first), (calls) => calls.length > 0);
      const id = call?.id ?? "";
      const other = await ring(rig);
      const second = await rig.start();

      // What Twilio reports of a call that an instance holds, or has ended, concerns no other.
      const lines = () => second.lines.all.filter((line) => line.includes("pulled back")).length;
      await hangUp(other);
      await until(() => liveCalls(second), (calls) => calls.length === 1);
      assert.equal(lines(), 0);

      first.signal("SIGKILL");
      await first.ended();
      await second.lines.find((line) => line.includes("Phone call pulled back"));
      await phone.next("streamStarted");
      await phone.speak(voiceOf(600));
      await heard(rig, phone);
      await hangUp(phone);
      const record = await until(() => detail(second, id), ({ status }) => status === "ended");
      assert.equal(record.end.reason, "caller_hung_up");
      assert.equal(record.turns[0].text, "Good day.");
      assert.equal(lines(), 1);
    } finally {
      await database.drop();
    }
  },
);

instancesTest("an instance that leaves gives its calls to another one on Postgres", async () => {
  const database = await createDatabase();
  try {
    await using rig = await startProcessRig({ env: { DATABASE_URL: database.url } });
    const first = rig.server;
    const { phone, id, turns } = await conversation(rig);
    const second = await rig.start();
    first.signal("SIGTERM");
    assert.equal(await first.ended(), 0);
    await phone.next("streamStarted");
    await phone.speak(voiceOf(600));
    const now = await until(
      () => detail(second, id),
      (call) => call.turns.length > turns.length + 1,
    );
    assert.deepEqual(now.turns.slice(0, turns.length), turns);
    await hangUp(phone);
    const record = await until(() => detail(second, id), ({ status }) => status === "ended");
    assert.equal(record.end.reason, "caller_hung_up");
    const { calls } = await (await second.get("/api/calls")).json();
    assert.equal(calls.length, 1);
  } finally {
    await database.drop();
  }
});

instancesTest(
  "an instance that seems to be at the address of a living one leaves its calls alone",
  async () => {
    const database = await createDatabase();
    try {
      await using rig = await startProcessRig({ env: { DATABASE_URL: database.url } });
      const first = rig.server;
      const phone = await ring(rig);
      // Two machines of one name, each with a port of its own that has the same number.
      const { port } = new URL((await rig.start()).origin);
      await database.ask(
        `UPDATE instances SET slot = REPLACE(slot, ':${new URL(first.origin).port}', ':${port}')`,
      );
      rig.server.signal("SIGKILL");
      await rig.server.ended();
      const third = await rig.start({ sameAddress: true });
      await until(
        () => database.ask("SELECT id FROM instances"),
        (rows) => rows.length === 2,
      );
      assert.equal((await liveCalls(third)).length, 1);
      rig.network.connectTo(first.origin);
      await phone.speak(voiceOf(600));
      await phone.next("speaking");
      assert.equal(third.lines.all.some((line) => line.includes("pulled back")), false);
      await hangUp(phone);
    } finally {
      await database.drop();
    }
  },
);
