import assert from "node:assert/strict";
import type { DeskAnswer } from "../../../src/services/calendar/deskAnswer.ts";
import { MONDAY, practice, startCalendar } from "../../support/calendar/testCalendar.ts";

type Desk = Awaited<ReturnType<typeof startCalendar>>;

const call = { callId: "call_1", direction: "inbound", caller: "+4917112345678" } as const;

// deno-lint-ignore no-explicit-any -- tests read what they expect
function outputOf(answer: DeskAnswer): any {
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.output;
}

function codeOf(answer: DeskAnswer): string {
  return answer.ok ? "ok" : answer.code;
}

const find = async ({ desk }: Desk, when: string, options: object = {}) =>
  outputOf(await desk.find(call, { service: "haircut", when, ...options }));

const spokenOf = (found: { readonly slots: readonly { readonly spoken: string }[] }) =>
  found.slots.map(({ spoken }) => spoken);

Deno.test("times that were asked for are offered in words, at most five", async () => {
  await using calendar = await startCalendar();
  const tomorrow = await find(calendar, "tomorrow");
  assert.deepEqual(spokenOf(tomorrow), [
    "tomorrow, Tuesday, March 2nd, at 9:00 AM",
    "tomorrow, Tuesday, March 2nd, at 11:00 AM",
    "tomorrow, Tuesday, March 2nd, at 2:00 PM",
    "tomorrow, Tuesday, March 2nd, at 3:00 PM",
    "tomorrow, Tuesday, March 2nd, at 5:00 PM",
  ]);
  assert.deepEqual([tomorrow.service, tomorrow.about, tomorrow.asked_for], [
    ...["Haircut", "It costs 30 euros.", "tomorrow, Tuesday, March 2nd"],
  ]);
  assert.equal(tomorrow.slots[0].date, "2027-03-02");
  assert.match(tomorrow.slots[0].slot, /^s_[0-9a-z]{20}$/);
  const at10 = await find(calendar, "tomorrow at 10");
  assert.deepEqual(spokenOf(at10).map((each) => each.slice(-8).trim()), [
    ...["9:30 AM", "9:45 AM", "10:00 AM", "10:15 AM", "10:30 AM"],
  ]);
  const evening = await find(calendar, "Wednesday", { part: "evening" });
  assert.deepEqual(spokenOf(evening).map((each) => each.slice(-7)), [
    ...["5:00 PM", "5:15 PM", "5:30 PM"],
  ]);
  const first = outputOf(await calendar.desk.find(call, { service: "haircut" }));
  // Eight o'clock, and an hour's notice.
  assert.equal(first.slots[0].spoken, "today, Monday, March 1st, at 9:00 AM");
});

Deno.test("where nothing is free the next times are offered, and said to be others", async () => {
  await using calendar = await startCalendar();
  const sunday = await find(calendar, "Sunday");
  assert.match(sunday.note, /Nothing is free when the caller asked/);
  assert.equal(sunday.slots[0].spoken, "Monday, March 8th, at 9:00 AM");
  const closed = await find(calendar, "on the 5th");
  assert.equal(closed.slots[0].spoken, "Saturday, March 6th, at 9:00 AM");
});

Deno.test("a day that nobody can mean is told, with what can be said", async () => {
  await using calendar = await startCalendar();
  const ask = (when: string) => calendar.desk.find(call, { service: "haircut", when });
  const unknown = await ask("when the moon is full");
  assert.ok(!unknown.ok);
  assert.match(unknown.message, /It is today, Monday, March 1st \(2027-03-01\).*"next Tuesday"/);
  assert.equal(codeOf(await ask("2023-05-01")), "in_the_past");
  assert.equal(codeOf(await ask("2029-05-01")), "too_far_ahead");
  assert.equal(codeOf(await ask("Tuesday, March 10th")), "other_weekday");
  assert.equal(codeOf(await calendar.desk.find(call, { service: "massage" })), "unknown_service");
});

Deno.test("times are said in the agent's language", async () => {
  await using calendar = await startCalendar({ frontMatter: `${practice}\nlanguage: de-AT` });
  const { slots } = await find(calendar, "morgen Nachmittag");
  assert.equal(slots[0].spoken, "morgen, Dienstag, 2. März, um 12:00 Uhr");
});

Deno.test("what was offered is booked, once, with the caller's number", async () => {
  await using calendar = await startCalendar();
  const [{ slot }] = (await find(calendar, "tomorrow")).slots;
  const book = () => calendar.desk.book(call, { slot, name: " Ada\nLovelace ", note: "Short" });
  const booked = outputOf(await book());
  assert.deepEqual([booked.status, booked.spoken, booked.name, booked.service], [
    ...["booked", "tomorrow, Tuesday, March 2nd, at 9:00 AM", "Ada Lovelace", "Haircut"],
  ]);
  assert.deepEqual(outputOf(await book()), booked);
  const [kept, ...more] = await calendar.calendar.agenda.list({ limit: 9 });
  assert.deepEqual([kept?.name, kept?.phone, kept?.note, kept?.callId, more.length], [
    ...["Ada Lovelace", call.caller, "Short", call.callId, 0],
  ]);
  const left = spokenOf(await find(calendar, "tomorrow"));
  assert.equal(left[0], "tomorrow, Tuesday, March 2nd, at 10:00 AM");
});

Deno.test("a second person gets a place of their own at the same time, or is told that there is none", async () => {
  for (const capacity of [1, 2]) {
    await using calendar = await startCalendar({
      frontMatter: `${practice}\n  capacity: ${capacity}`,
    });
    const [{ slot }] = (await find(calendar, "tomorrow")).slots;
    const book = (name: string) => calendar.desk.book(call, { slot, name });
    assert.equal(codeOf(await book("Ann Lee")), "ok");
    assert.equal(codeOf(await book("Mrs Lee")), "ok");
    const second = await book("Bob Lee");
    assert.equal(codeOf(second), capacity === 1 ? "booked_for_another" : "ok");
    const kept = await calendar.calendar.agenda.list({ limit: 9 });
    assert.deepEqual(
      kept.map(({ name }) => name).sort(),
      capacity === 1 ? ["Ann Lee"] : ["Ann Lee", "Bob Lee"],
    );
  }
});

Deno.test("nothing is booked that was not offered in this call, and lately", async () => {
  await using calendar = await startCalendar();
  const { desk } = calendar;
  const [{ slot }] = (await find(calendar, "tomorrow")).slots;
  const name = "Ada";
  const invented = [
    ...["s_7f3a", "2027-03-02T09:00:00", "tomorrow at 9", "", "s_" + "0".repeat(20)],
    ...[slot.slice(0, -1) + (slot.endsWith("0") ? "1" : "0"), "__proto__"],
    // The same time, and another one, with a signature that was given for this.
    ...[`s_${"zzzzz"}${slot.slice(7)}`, slot.replace(/^s_/, "a_")],
  ];
  for (const text of invented) {
    assert.equal(codeOf(await desk.book(call, { slot: text, name })), "unknown_slot", text);
  }
  assert.equal(
    codeOf(await desk.book({ ...call, callId: "call_2" }, { slot, name })),
    "unknown_slot",
  );
  for (const nobody of ["", "caller", "Unknown", "12", "the customer", "x".repeat(200)]) {
    assert.equal(codeOf(await desk.book(call, { slot, name: nobody })), "name_needed", nobody);
  }
  assert.equal(codeOf(await desk.book(call, { slot, name, phone: "my phone" })), "phone_not_valid");
  calendar.pass(12);
  assert.equal(codeOf(await desk.book(call, { slot, name })), "slot_expired");
  assert.deepEqual(await calendar.calendar.agenda.list({ limit: 9 }), []);
});

Deno.test("a time that somebody else took meanwhile is refused with the next", async () => {
  await using calendar = await startCalendar();
  const [{ slot }] = (await find(calendar, "tomorrow")).slots;
  const other = { ...call, callId: "call_2" };
  const theirs = outputOf(
    await calendar.desk.find(other, { service: "haircut", when: "tomorrow" }),
  );
  outputOf(await calendar.desk.book(other, { slot: theirs.slots[0].slot, name: "Bob" }));
  const refused = await calendar.desk.book(call, { slot, name: "Ada" });
  assert.ok(!refused.ok && refused.code === "slot_taken");
  const [next] = /s_[0-9a-z]{20}/.exec(refused.message) ?? [];
  assert.ok(next !== undefined && refused.message.includes("at 9:30 AM"), refused.message);
  const booked = outputOf(await calendar.desk.book(call, { slot: next, name: "Ada" }));
  assert.match(booked.spoken, /9:30 AM$/);
});

Deno.test("a number that is sure has its appointments; others need name and number", async () => {
  await using calendar = await startCalendar();
  const { desk } = calendar;
  const [one, two] = (await find(calendar, "tomorrow")).slots;
  outputOf(await desk.book(call, { slot: one.slot, name: "Ada Lovelace" }));
  outputOf(await desk.book(call, { slot: two.slot, name: "Bob Ng", phone: "0171 7654321" }));
  const names = async (who: Parameters<typeof desk.mine>[0], said = {}) => {
    const answer = await desk.mine(who, said);
    return answer.ok
      ? outputOf(answer).appointments.map(({ name }: { readonly name: string }) => name)
      : answer.code;
  };
  const { caller } = call;
  const proven = { ...call, callId: "call_2", callerProven: true };
  const called = { callId: "call_3", direction: "outbound", caller } as const;
  assert.deepEqual(await names(proven), ["Ada Lovelace"]);
  assert.deepEqual(await names(called), ["Ada Lovelace"]);
  const forged = { ...call, callId: "call_4" };
  assert.equal(await names(forged), "name_and_phone_needed");
  assert.deepEqual(await names(forged, { name: "Eve" }), []);
  assert.deepEqual(await names(forged, { name: "Ms. Lovelace" }), ["Ada Lovelace"]);
  const withheld = { callId: "call_5", direction: "inbound", caller: "anonymous" } as const;
  assert.equal(await names(withheld, { name: "Bob Ng" }), "name_and_phone_needed");
  assert.deepEqual(await names(withheld, { name: "Ng", phone: "0171/765 4321" }), ["Bob Ng"]);
  assert.deepEqual(await names(withheld, { name: "N", phone: "01717654321" }), []);
  const web = { callId: "call_6", direction: "web" } as const;
  for (let at = 0; at < 5; at++) {
    assert.deepEqual(await names(web, { name: "X", phone: caller }), []);
  }
  assert.equal(await names(web, { name: "Ada Lovelace", phone: caller }), "too_many_lookups");
});

Deno.test("an appointment is moved and cancelled by those who were told of it alone", async () => {
  await using calendar = await startCalendar();
  const { desk } = calendar;
  const { slots } = await find(calendar, "tomorrow");
  const { appointment } = outputOf(await desk.book(call, { slot: slots[0].slot, name: "Ada" }));
  const stranger = { ...call, callId: "call_9" };
  assert.equal(codeOf(await desk.cancel(stranger, { appointment })), "unknown_appointment");
  const id = (await calendar.calendar.agenda.list({ limit: 1 }))[0]?.id ?? "";
  for (const text of [id, "mine", appointment + "0", slots[1].slot]) {
    assert.equal(codeOf(await desk.cancel(call, { appointment: text })), "unknown_appointment");
  }
  const moved = outputOf(await desk.move(call, { appointment, slot: slots[1].slot }));
  assert.deepEqual([moved.status, moved.spoken], ["moved", slots[1].spoken]);
  assert.equal(codeOf(await desk.move(call, { appointment, slot: "tomorrow" })), "unknown_slot");
  assert.equal(outputOf(await desk.cancel(call, { appointment })).status, "cancelled");
  assert.equal(outputOf(await desk.cancel(call, { appointment })).status, "cancelled");
  assert.equal(
    codeOf(await desk.move(call, { appointment, slot: slots[1].slot })),
    "unknown_appointment",
  );
  const types = (await calendar.store.outbox.claim(2 * MONDAY, { limit: 9, leaseMs: 1 }))
    .map(({ eventType }) => eventType);
  assert.deepEqual(types.sort(), [
    ...["appointment.booked", "appointment.cancelled", "appointment.moved"],
  ]);
});

Deno.test("on the Sunday on which clocks change, the hour that is missing is not offered", async () => {
  await using calendar = await startCalendar({
    frontMatter: practice.replace('sat: "09:00-12:00"', 'sun: "01:00-05:00"'),
    at: Date.parse("2027-03-27T12:00:00Z"),
  });
  const early = await find(calendar, "tomorrow after 1:30 am");
  assert.equal(early.slots[0].spoken, "tomorrow, Sunday, March 28th, at 1:30 AM");
  const asked = await find(calendar, "tomorrow at 2:30 am");
  for (const spoken of spokenOf(asked)) assert.doesNotMatch(spoken, / 2:\d\d AM/);
  const at3 = asked.slots.find(({ spoken }: { readonly spoken: string }) =>
    spoken.endsWith("3:00 AM")
  );
  outputOf(await calendar.desk.book(call, { slot: at3.slot, name: "Ada" }));
  const [kept] = await calendar.calendar.agenda.list({ limit: 1 });
  assert.equal(kept?.startsAt, Date.parse("2027-03-28T01:00:00Z"));
});

Deno.test("of what is blacked out nothing is kept in the name and the note of an appointment", async () => {
  await using calendar = await startCalendar();
  const hidden = { ...call, redact: (text: string) => text.replaceAll(/\d{4,}/g, "[code]") };
  const { slots: [{ slot }] } = await find(calendar, "tomorrow");
  const given = { slot, name: "Ada, PIN 4711", note: "Door 8822" };
  outputOf(await calendar.desk.book(hidden, given));
  const kept = JSON.stringify(outputOf(await calendar.desk.mine(hidden, { name: given.name })));
  assert.match(kept, /Ada, PIN \[code\]/);
  assert.doesNotMatch(kept, /4711|8822/);
});
