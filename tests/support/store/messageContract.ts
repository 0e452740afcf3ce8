import assert from "node:assert/strict";
import type { Message } from "../../../src/services/store/messages.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, opened } from "./storedCalls.ts";

/** How every store keeps what callers leave. */
export function testMessages(test: StoreTest): void {
  const note: Message = {
    id: "msg_1",
    callId: "call_1",
    agent: "desk",
    from: "+15550001",
    at: 1_764_000_000_000,
    kind: "note",
    text: "Call me back.\0",
  };
  const recording = { sid: "RE1", url: "https://api.twilio.com/RE1", durationMs: 4000 };
  const voicemail: Message = {
    id: "msg_2",
    callId: "call_2",
    agent: "night",
    at: note.at + 1,
    kind: "voicemail",
    recording,
  };

  test("messages are listed, marked as done and removed", async ({ messages }) => {
    assert.deepEqual([await messages.add(note), await messages.add(voicemail)], [true, true]);
    assert.equal(await messages.add({ ...note, text: "again" }), false);
    const kept = { ...note, text: "Call me back.\ufffd" };
    assert.deepEqual(await messages.list({}, { limit: 9 }), [voicemail, kept]);
    assert.deepEqual(await messages.list({ kind: "note" }, { limit: 9 }), [kept]);
    assert.deepEqual(await messages.list({ agent: "night", done: false }, { limit: 9 }), [
      voicemail,
    ]);
    const after = { startedAt: voicemail.at, id: voicemail.id };
    assert.deepEqual(await messages.list({}, { limit: 9, after }), [kept]);
    assert.equal(await messages.setDone("msg_1", 5), true);
    assert.equal(await messages.setDone("msg_1", 6), true);
    assert.deepEqual(await messages.list({ done: true }, { limit: 9 }), [{ ...kept, doneAt: 5 }]);
    assert.equal(await messages.setDone("msg_1", undefined), true);
    assert.deepEqual(await messages.get("msg_1"), kept);
    assert.equal(await messages.countFrom("+15550001", note.at), 1);
    assert.equal(await messages.countFrom("+15550001", note.at + 1), 0);
    assert.deepEqual([await messages.remove("msg_1"), await messages.remove("msg_1")], [
      true,
      false,
    ]);
    assert.equal(await messages.setDone("msg_1", 1), false);
  });

  test("a message goes with its call, and none comes after", async (store) => {
    const { messages, erasure, calls } = store;
    await calls.write([
      opened({ id: "call_1", direction: "inbound", from: "+15550001" }),
      ended("call_1"),
    ]);
    await messages.add(note);
    await messages.add(voicemail);
    await erasure.eraseCall("call_1", 0, { underWay: false });
    assert.deepEqual(await messages.list({}, { limit: 9 }), [voicemail]);
    assert.equal(await messages.add(note), false);
  });

  test("a number's messages are erased, and old ones, without a call in the store, too", async (store) => {
    const { messages, erasure } = store;
    await messages.add(note);
    await erasure.eraseNumber("+15550001", 0);
    assert.deepEqual(await messages.list({}, { limit: 9 }), []);
    await messages.add(voicemail);
    await erasure.eraseBefore(voicemail.at);
    assert.equal((await messages.list({}, { limit: 9 })).length, 1);
    await erasure.eraseBefore(voicemail.at + 1);
    assert.deepEqual(await messages.list({}, { limit: 9 }), []);
  });
}
