import assert from "node:assert/strict";
import type { TextMessage } from "../../../src/services/store/textMessages.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, opened } from "./storedCalls.ts";

/** How every store keeps the text messages that agents send. */
export function testTextMessages(test: StoreTest): void {
  const first: TextMessage = {
    id: "sms_1",
    callId: "call_1",
    agent: "desk",
    to: "+15550001",
    text: "We are at 12 High Street.",
    status: "unknown",
    sentAt: 1_764_000_000_000,
    changedAt: 1_764_000_000_000,
  };
  const second = { ...first, id: "sms_2", callId: "call_2", sentAt: first.sentAt + 1 };

  test("a text message goes forward and never back", async ({ textMessages }) => {
    assert.equal(await textMessages.add(first, 1), "added");
    assert.equal(await textMessages.add(second, 1), "added");
    const sent = await textMessages.change("sms_1", { status: "sent", sid: "SM1" }, 5);
    assert.deepEqual(sent, { ...first, status: "sent", sid: "SM1", changedAt: 5 });
    assert.equal(await textMessages.change("sms_1", { status: "queued" }, 6), undefined);
    assert.equal(await textMessages.change("sms_1", { status: "sent" }, 6), undefined);
    const lost = await textMessages.change("sms_1", { status: "undelivered", errorCode: 30003 }, 7);
    assert.equal(lost?.errorCode, 30003);
    assert.equal(await textMessages.change("sms_1", { status: "delivered" }, 8), undefined);
    assert.equal(await textMessages.change("sms_9", { status: "delivered" }, 8), undefined);
    const ids = (await textMessages.list({}, { limit: 9 })).map(({ id }) => id);
    assert.deepEqual(ids, ["sms_2", "sms_1"]);
    const after = { startedAt: second.sentAt, id: second.id };
    assert.deepEqual(await textMessages.list({}, { limit: 9, after }), [lost]);
    assert.equal(await textMessages.countOf("call_1"), 1);
  });

  test("of text messages that come at once a call gets no more than it may have", async (store) => {
    const { textMessages } = store;
    const ids = ["sms_1", "sms_2", "sms_3", "sms_4"];
    const added = await Promise.all(ids.map((id) => textMessages.add({ ...first, id }, 2)));
    assert.deepEqual(added.toSorted(), ["added", "added", "too_many", "too_many"]);
    assert.equal(await textMessages.countOf("call_1"), 2);
  });

  test("a text message goes with its call, and with its number", async (store) => {
    const { textMessages, erasure, calls } = store;
    await calls.write([
      opened({ id: "call_1", direction: "inbound", from: "+15550009" }),
      ended("call_1"),
    ]);
    await textMessages.add(first, 1);
    await textMessages.add({ ...second, to: "+15550002" }, 1);
    await erasure.eraseCall("call_1", 0, { underWay: false });
    assert.deepEqual(await textMessages.list({ callId: "call_1" }, { limit: 9 }), []);
    assert.equal(await textMessages.add({ ...first, id: "sms_3" }, 9), "call_is_erased");
    await erasure.eraseNumber("+15550002", 0);
    assert.deepEqual(await textMessages.list({}, { limit: 9 }), []);
  });
}
