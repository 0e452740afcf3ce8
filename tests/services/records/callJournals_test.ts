import assert from "node:assert/strict";
import { decodeJournal } from "../../../src/call/journal.ts";
import { replay } from "../../../src/call/replay.ts";
import { createCallJournals } from "../../../src/services/records/callJournals.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { until } from "../../support/until.ts";
import { temporaryDatabase } from "../../support/twilio/dialling.ts";
import { startPhoneServer } from "../../support/servers/phoneServer.ts";
import { hangUp } from "../../support/twilio/hangUp.ts";

for (const JOURNAL_TEXTS of ["false", "true"]) {
  Deno.test(`a call can be lived through again from its journal, texts kept: ${JOURNAL_TEXTS}`, async () => {
    await using place = await temporaryDatabase();
    const dir = `${place.folder}/journals`;
    const server = await startPhoneServer({ env: { JOURNAL_DIR: dir, JOURNAL_TEXTS } });
    let callId: string | undefined;
    try {
      const call = server.network.call();
      await call.next("media");
      const session = server.app.registry.byCallSid(call.sid);
      callId = session?.id;
      session?.input({ type: "typed", text: "My name is Miller." });
      await hangUp(call);
      await session?.ended;
    } finally {
      await server[Symbol.asyncDispose]();
    }
    const path = `${dir}/${callId}.jsonl`;
    const text = await Deno.readTextFile(path);
    assert.equal(text.includes("Miller"), JOURNAL_TEXTS === "true");
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    const steps = [...replay(decodeJournal(text))];
    const commands = steps.flatMap(({ commands }) => commands.map(({ type }) => type));
    assert.equal(commands.at(-1), "endCall");
  });
}

Deno.test("a folder that cannot be written any more costs the journal and not the call", async () => {
  await using place = await temporaryDatabase();
  const dir = `${place.folder}/journals`;
  const server = await startPhoneServer({ env: { JOURNAL_DIR: dir } });
  try {
    await Deno.remove(dir);
    await Deno.writeTextFile(dir, "in the way");
    const call = server.network.call();
    await call.next("media");
    await hangUp(call);
    assert.equal(server.app.registry.endOf(call.sid)?.end.reason, "caller_hung_up");
  } finally {
    await server[Symbol.asyncDispose]();
  }
  assert.match(server.logged.join("\n"), /Journal not written/);
});

Deno.test("what the disk does not take is written when there is room again, in order and once", async () => {
  await using place = await temporaryDatabase();
  const dir = `${place.folder}/journals`;
  const timers: (() => void)[] = [];
  const logged: string[] = [];
  const journals = createCallJournals({
    dir,
    texts: true,
    setTimer(wake) {
      timers.push(wake);
      return () => {};
    },
    log: { warn: (message) => logged.push(message) },
  });
  const session = RecordingSession.withLeg("call_1", { direction: "web", agent: "desk" });
  const say = (text: string) => journals.write(session, { at: 0, input: { type: "typed", text } });
  const written = async () =>
    (await Deno.readTextFile(`${dir}/call_1.jsonl`)).split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line).input.text);
  await Deno.writeTextFile(dir, "in the way");
  say("one");
  timers.shift()?.();
  await until(() => logged, ({ length }) => length === 1);
  say("two");
  timers.shift()?.();
  await until(() => timers, ({ length }) => length === 1);
  assert.deepEqual(logged, ["Journal not written"]);
  await Deno.remove(dir);
  say("three");
  timers.shift()?.();
  assert.deepEqual(
    await until(() => written().catch(() => []), ({ length }) => length > 0),
    ["one", "two", "three"],
  );
  say("four");
  await journals.close();
  assert.deepEqual(await written(), ["one", "two", "three", "four"]);
});
