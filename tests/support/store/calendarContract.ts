import assert from "node:assert/strict";
import type { Store } from "../../../src/services/store/store.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, opened } from "./storedCalls.ts";

const MINUTE = 60_000;
const TEN = Date.parse("2027-03-02T10:00:00Z");

type Wanted = Parameters<Store["calendar"]["book"]>[0];

/** An appointment of half an hour, from so many minutes after ten on. */
export function appointmentAt(minutes: number, changes: Partial<Wanted> = {}): Wanted {
  const startsAt = TEN + minutes * MINUTE;
  const id = `apt_${minutes}`;
  return {
    ...{ id, calendar: "practice", service: "haircut", name: "Ann Lee", phone: "+15550001" },
    ...{ startsAt, endsAt: startsAt + 30 * MINUTE, ...changes },
  };
}

export const single = { capacity: 1, maxOfCall: 3, now: 1000 };

/** How every store keeps appointments. */
export function testCalendar(test: StoreTest): void {
  const codeOf = (result: Awaited<ReturnType<Store["calendar"]["book"]>>) =>
    result.ok ? (result.isNew ? "new" : "same") : result.code;

  test("no two appointments take the same time of a calendar, whatever their length", async ({ calendar }) => {
    const book = async (minutes: number, changes?: Partial<Wanted>, capacity = 1) =>
      codeOf(await calendar.book(appointmentAt(minutes, changes), { ...single, capacity }));
    assert.equal(await book(0), "new");
    assert.equal(await book(30), "new");
    for (const minutes of [-25, 5, 15, 29.5]) assert.equal(await book(minutes), "taken");
    const long = { endsAt: TEN + 90 * MINUTE };
    assert.equal(await book(-60, long), "taken");
    assert.equal(await book(-30), "new");
    assert.equal(await book(0, { id: "other", calendar: "other" }), "new");
    // A second chair is free, and is taken by the one who needs it first.
    assert.equal(await book(15, {}, 2), "new");
    assert.equal(await book(25, {}, 2), "taken");
    const listed = await calendar.list({ calendar: "practice", limit: 9 });
    assert.deepEqual(listed.map(({ id }) => id), ["apt_-30", "apt_0", "apt_15", "apt_30"]);
    const taken = await calendar.taken("practice", TEN, TEN + MINUTE);
    assert.deepEqual(taken.map(({ resource }) => resource), [0]);
  });

  test("an appointment that is moved frees its time, and keeps it where the other is taken", async ({ calendar }) => {
    await calendar.book(appointmentAt(0), single);
    await calendar.book(appointmentAt(60), single);
    const to = (minutes: number) => {
      const { service, startsAt, endsAt } = appointmentAt(minutes);
      return { service, startsAt, endsAt };
    };
    const move = async (minutes: number) =>
      codeOf(await calendar.move("apt_0", to(minutes), { capacity: 1, now: 2000 }));
    assert.equal(await move(45), "taken");
    assert.equal((await calendar.get("apt_0"))?.startsAt, TEN);
    assert.equal(codeOf(await calendar.book(appointmentAt(10), single)), "taken");
    // Over a part of its own time.
    assert.equal(await move(15), "new");
    assert.equal(await move(15), "same");
    assert.equal(codeOf(await calendar.book(appointmentAt(-15), single)), "new");
    const cancelled = await calendar.cancel("apt_0", { now: 3000 });
    assert.ok(cancelled.ok && cancelled.appointment.state === "cancelled");
    assert.equal(codeOf(await calendar.cancel("apt_0", { now: 3001 })), "same");
    assert.equal(codeOf(await calendar.cancel("none", { now: 3001 })), "unknown");
    assert.equal(await move(300), "unknown");
    assert.equal(codeOf(await calendar.book(appointmentAt(20), single)), "new");
  });

  test("a call that books the same again has one appointment, and only so many", async ({ calendar }) => {
    const callId = "call_1";
    const first = await calendar.book(appointmentAt(0, { callId }), single);
    const again = await calendar.book(appointmentAt(0, { id: "again", callId }), single);
    assert.ok(first.ok && again.ok);
    assert.deepEqual([again.isNew, again.appointment], [false, first.appointment]);
    for (const minutes of [30, 60]) {
      assert.equal(codeOf(await calendar.book(appointmentAt(minutes, { callId }), single)), "new");
    }
    const fourth = await calendar.book(appointmentAt(90, { callId }), single);
    assert.equal(codeOf(fourth), "too_many");
    assert.equal(codeOf(await calendar.book(appointmentAt(90), single)), "new");
  });

  test("what is to be told of an appointment is stored with it, or not at all", async ({ calendar, outbox }) => {
    const options = {
      ...single,
      deliveryOf: ({ id, state }: { readonly id: string; readonly state: string }) => ({
        id: `evt_${id}_${state}`,
        endpoint: "e",
        eventType: "appointment.booked",
        payload: "Ann Lee",
      }),
    };
    await calendar.book(appointmentAt(0), options);
    await calendar.book(appointmentAt(10), options);
    await calendar.book(appointmentAt(30), options);
    await calendar.cancel("apt_30", options);
    const due = await outbox.claim(2000, { limit: 9, leaseMs: 1 });
    assert.deepEqual(due.map(({ id }) => id).sort(), [
      ...["evt_apt_0_booked", "evt_apt_30_booked", "evt_apt_30_cancelled"],
    ]);
  });

  test("appointments are found by their number, however it was said", async ({ calendar }) => {
    await calendar.book(appointmentAt(0, { phone: "+4917112345678" }), single);
    await calendar.book(appointmentAt(30, { phone: "0171 12345678" }), single);
    await calendar.book(appointmentAt(60, { phone: "+4917212345678" }), single);
    const found = async (phone: string) =>
      (await calendar.ofPhone("practice", phone, { from: TEN, limit: 9 })).map(({ id }) => id);
    assert.deepEqual(await found("+4917112345678"), ["apt_0", "apt_30"]);
    assert.deepEqual(await found("017112345678"), ["apt_0", "apt_30"]);
    assert.deepEqual(await found("12345"), []);
    assert.deepEqual(await calendar.ofPhone("other", "017112345678", { from: TEN, limit: 9 }), []);
  });

  test("erasure forgets who has an appointment, and the time stays taken", async (store) => {
    const { calendar, calls, erasure, outbox } = store;
    await calls.write([
      opened({ id: "call_1", direction: "inbound", from: "+15559001" }),
      ended("call_1"),
    ]);
    const deliveryOf = ({ id }: { readonly id: string }) => ({
      id: `evt_${id}_booked`,
      endpoint: "e",
      eventType: "appointment.booked",
      payload: "Ann Lee",
    });
    const note = "Has a dog";
    await calendar.book(appointmentAt(0, { callId: "call_1", phone: "+15559002", note }), {
      ...single,
      deliveryOf,
    });
    await calendar.book(appointmentAt(30, { phone: "+15559003", note }), { ...single, deliveryOf });
    await calendar.book(appointmentAt(60, { note }), single);
    await erasure.eraseNumber("+15559001", 0);
    await erasure.eraseNumber("+15559003", 0);
    const listed = await calendar.list({ limit: 9 });
    assert.deepEqual(listed.map(({ name, phone, note, callId }) => [name, phone, note, callId]), [
      ...[["", undefined, undefined, undefined], ["", undefined, undefined, undefined]],
      ["Ann Lee", "+15550001", note, undefined],
    ]);
    assert.deepEqual(await outbox.claim(2000, { limit: 9, leaseMs: 1 }), []);
    assert.equal(codeOf(await calendar.book(appointmentAt(10), single)), "taken");
    // What another process books in it is as nameless.
    const late = await calendar.book(appointmentAt(90, { callId: "call_1", note }), single);
    assert.ok(late.ok);
    assert.deepEqual([late.appointment.name, late.appointment.note], ["", undefined]);
  });

  test("retention keeps what is still to come, and forgets whose the others were", async (store) => {
    const { calendar, calls, erasure } = store;
    await calls.write([opened({ id: "call_1", startedAt: 1000 }), ended("call_1")]);
    await calendar.book(appointmentAt(0, { callId: "call_1" }), single);
    await erasure.eraseBefore(TEN - MINUTE);
    assert.equal(await calls.get("call_1"), undefined);
    assert.equal((await calendar.get("apt_0"))?.name, "Ann Lee");
    await erasure.eraseBefore(TEN + 60 * MINUTE);
    assert.equal((await calendar.get("apt_0"))?.name, "");
    await store.prune(TEN + 48 * 60 * MINUTE);
    assert.deepEqual(await calendar.taken("practice", TEN, TEN + 60 * MINUTE), []);
    await calendar.book(appointmentAt(60), single);
    const yearLater = TEN + 368 * 24 * 60 * MINUTE;
    await store.prune(yearLater - 3 * 24 * 60 * MINUTE);
    assert.equal((await calendar.get("apt_0"))?.name, "");
    await store.prune(yearLater);
    assert.equal(await calendar.get("apt_0"), undefined, "nobody's, and long over");
    assert.equal((await calendar.get("apt_60"))?.name, "Ann Lee");
  });
}
