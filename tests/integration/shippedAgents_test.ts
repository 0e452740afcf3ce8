import assert from "node:assert/strict";
import type { CallEvent } from "../../src/call/callEvent.ts";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { Inbox } from "../support/inbox.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  type PhoneRig,
  recordOf,
  startPhoneRig,
  type Talk,
} from "../support/servers/phoneRig.ts";
import { agentsOf, get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("the agents that ship");
const names = ["assistant", "receptionist", "reminder"];
const files = agentsOf(Object.fromEntries(
  await Promise.all(
    names.map(async (name) => [
      name,
      await Deno.readTextFile(new URL(`../../src/agents/${name}.md`, import.meta.url)),
    ]),
  ),
));

const startRig = (network: Parameters<typeof startPhoneRig>[0] = {}) =>
  startPhoneRig({ ...network, overrides: { agentFiles: files } });

// deno-lint-ignore no-explicit-any -- tests read what they expect
type Output = any;

/** Has the model call a tool, and returns what it gets. */
async function use({ model }: Talk, name: string, args: object): Promise<Output> {
  await until(() => model.responding, (responding) => !responding);
  model.say({ tools: [{ name, arguments: JSON.stringify(args) }] });
  for (;;) {
    const { item } = await model.next("conversation.item.create");
    if (item.type !== "function_call_output") continue;
    await model.next("response.create");
    await until(() => model.responding, (responding) => !responding);
    return JSON.parse(String(item.output));
  }
}

/** The same for a tool that asks first: the caller hears the question, and agrees by key 1. */
async function agree(
  rig: PhoneRig,
  talk: Talk,
  name: string,
  args: object,
  { question, before = () => Promise.resolve() }: {
    readonly question: RegExp;
    readonly before?: () => Promise<void>;
  },
): Promise<Output> {
  assert.equal((await use(talk, name, args)).status, "confirmation_asked");
  await heardSaying(rig, talk.callId, question);
  await before();
  await talk.phone.sendDigits("1#");
  await talk.model.next("response.create");
  return await use(talk, name, args);
}

async function talkOn(rig: PhoneRig, phone: SimulatedCall, greeting: RegExp): Promise<Talk> {
  const model = await rig.realtime.nextSession();
  await phone.next("streamStarted");
  const session = rig.server.app.registry.byCallSid(phone.sid);
  assert.ok(session);
  await heardSaying(rig, session.id, greeting);
  await model.next("response.create");
  return { callId: session.id, phone, model };
}

const ring = (rig: PhoneRig, call: Parameters<PhoneRig["server"]["network"]["call"]>[0] = {}) =>
  talkOn(rig, rig.server.network.call(call), /^Hello, this is the front desk/);

async function remind(rig: PhoneRig, appointment: string): Promise<Talk> {
  const placed = await rig.server.post("/api/outbound/initiate", {
    to: "+14155550123",
    agent: "reminder",
    variables: { name: "Ada", appointment },
  });
  assert.ok(placed.ok);
  await placed.body?.cancel();
  return await talkOn(rig, await rig.server.network.nextCall(), /short reminder for Ada/);
}

/** Enters what is already booked, as an operator does. */
async function enter(rig: PhoneRig, startsAt: string, person: object = {}): Promise<Output> {
  const entered = await rig.server.post("/api/appointments", {
    ...{ calendar: "practice", service: "haircut", startsAt, name: "Ada Lovelace", ...person },
  });
  assert.equal(entered.status, 201);
  return await entered.json();
}

const listed = async (rig: PhoneRig): Promise<readonly Output[]> =>
  (await get(rig.server, "/api/appointments?state=booked")).appointments;

/** A moment at which the shipped calendar is open, some days ahead. */
function openDay(): Temporal.PlainDate {
  let day = Temporal.Now.plainDateISO("UTC").add({ days: 14 });
  const closed = ["12-24", "12-25", "12-26", "01-01"];
  while (day.dayOfWeek > 5 || closed.includes(day.toString().slice(5))) day = day.add({ days: 1 });
  return day;
}

const name = "Ada Lovelace";

test("the receptionist books what the caller chose from relative dates, after a yes", async () => {
  await using rig = await startRig();
  const talk = await ring(rig);
  const found = await use(talk, "find_slots", { service: "haircut", when: "in two weeks" });
  assert.ok(found.slots.length > 0 && found.slots.length <= 5, JSON.stringify(found));
  const { slot, spoken, date } = found.slots[0];
  assert.match(spoken, /^[A-Z][a-z]+day, [A-Z][a-z]+ \d+(st|nd|rd|th), at \d+:\d\d [AP]M$/);
  const booked = await agree(rig, talk, "book_slot", { slot, name }, {
    question: new RegExp(`^Shall I book ${spoken}, for ${name}\\?$`),
  });
  assert.deepEqual([booked.status, booked.spoken, booked.date], ["booked", spoken, date]);
  const [kept] = await listed(rig);
  assert.deepEqual([kept.name, kept.callId, kept.startsAt.slice(0, 10)], [name, talk.callId, date]);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { appointments } = await get(rig.server, `/api/calls/${talk.callId}`);
  assert.deepEqual(appointments, [kept]);
});

test("a time that somebody else takes during the question is not booked twice", async () => {
  await using rig = await startRig();
  const talk = await ring(rig);
  const { slots } = await use(talk, "find_slots", {
    service: "haircut",
    when: `${openDay()} at 10`,
  });
  const [{ slot }] = slots;
  const at10 = `${openDay()}T10:00:00Z`;
  const wanted = slots.find(({ spoken }: Output) => spoken.includes("10:00 AM")) ?? { slot };
  const refused = await agree(rig, talk, "book_slot", { slot: wanted.slot, name }, {
    question: /^Shall I book /,
    before: async () => void await enter(rig, at10, { name: "Bob" }),
  });
  assert.equal(refused.code, "slot_taken");
  const [next] = /s_[0-9a-z]{20}/.exec(refused.error) ?? [];
  assert.ok(next, refused.error);
  assert.deepEqual((await listed(rig)).map((each) => each.name), ["Bob"]);
  await hangUp(talk.phone);
});

test("a slot that the model makes up, or a date in its place, is neither asked about nor booked", async () => {
  await using rig = await startRig();
  const talk = await ring(rig);
  await use(talk, "find_slots", { service: "haircut", when: `${openDay()}` });
  for (const slot of ["s_7f3a9c1d2e7f3a9c1d2e", `${openDay()}T10:00:00`, "tomorrow at ten"]) {
    assert.equal((await use(talk, "book_slot", { slot, name })).error, "unknown_id", slot);
  }
  assert.match(
    (await use(talk, "find_slots", { service: "haircut", when: "soonish" })).error,
    /It is today/,
  );
  assert.deepEqual(await listed(rig), []);
  await hangUp(talk.phone);
  const { turns } = await recordOf(rig, talk.callId);
  assert.equal(turns.some(({ text }) => text.includes("Shall I")), false);
});

test("a caller with a withheld number moves an appointment by name and number", async () => {
  await using rig = await startRig();
  await enter(rig, `${openDay()}T09:00:00Z`, { phone: "+14155550155" });
  const talk = await ring(rig, { from: "anonymous" });
  const asked = await use(talk, "my_appointments", {});
  assert.equal(asked.code, "name_and_phone_needed");
  const none = await use(talk, "my_appointments", { name: "Eve", phone: "415 555 0155" });
  assert.deepEqual(none.appointments, []);
  const mine = await use(talk, "my_appointments", { name: "Lovelace", phone: "415 555 0155" });
  const [{ appointment }] = mine.appointments;
  const { slots } = await use(talk, "find_slots", {
    service: "haircut",
    when: `${openDay()} afternoon`,
  });
  const [{ slot, spoken }] = slots;
  const moved = await agree(rig, talk, "move_appointment", { appointment, slot }, {
    question: /^Shall I move your appointment to /,
  });
  assert.deepEqual([moved.status, moved.spoken], ["moved", spoken]);
  const [kept, ...more] = await listed(rig);
  assert.deepEqual([kept.name, more.length], [name, 0]);
  assert.ok(kept.startsAt > `${openDay()}T12`);
  await hangUp(talk.phone);
});

test("a reminder that suits ends politely and changes nothing", async () => {
  await using rig = await startRig();
  await enter(rig, `${openDay()}T09:00:00Z`, { phone: "+14155550123" });
  const talk = await remind(rig, "next week at nine");
  talk.model.say({
    say: "Then see you next week at nine. Goodbye.",
    tools: [{ name: "end_call", arguments: "{}" }],
  });
  await talk.phone.ended;
  const { end } = await recordOf(rig, talk.callId);
  assert.equal(end?.reason, "agent_hung_up");
  assert.equal((await listed(rig)).length, 1);
});

test("whoever is reminded has the appointment moved, or cancelled, without saying a number", async () => {
  await using rig = await startRig();
  await enter(rig, `${openDay()}T09:00:00Z`, { phone: "+14155550123" });
  const talk = await remind(rig, "in two weeks at nine");
  const [{ appointment }] = (await use(talk, "my_appointments", {})).appointments;
  const { slots } = await use(talk, "find_slots", {
    service: "haircut",
    when: `${openDay()} after 3pm`,
  });
  const moved = await agree(rig, talk, "move_appointment", { appointment, slot: slots[0].slot }, {
    question: /^Shall I move your appointment to /,
  });
  assert.equal(moved.status, "moved");
  const cancelled = await agree(
    rig,
    talk,
    "cancel_appointment",
    { appointment: moved.appointment },
    {
      question: /^Shall I cancel your appointment, /,
    },
  );
  assert.equal(cancelled.status, "cancelled");
  assert.deepEqual(await listed(rig), []);
  await hangUp(talk.phone);
});

test("an answering machine gets the reminder as its message, and nothing is changed", async () => {
  await using rig = await startRig({
    network: { otherNumbers: { answer: "machine", afterMs: 50 } },
  });
  await enter(rig, `${openDay()}T09:00:00Z`, { phone: "+14155550123" });
  const placed = await rig.server.post("/api/outbound/initiate", {
    ...{ to: "+14155550123", agent: "reminder", machineDetection: true },
    variables: { name: "Ada", appointment: "on Monday at nine" },
  });
  const { callId } = await placed.json();
  const call = await until(
    () => get(rig.server, `/api/calls/${callId}`),
    ({ status }) => status === "ended",
  );
  assert.equal(call.outcome, "voicemail");
  assert.ok(call.turns.some(({ text }: Output) => text.includes("appointment on Monday at nine")));
  assert.equal((await listed(rig)).length, 1);
});

test("the assistant answers, knows the time and says goodbye", async () => {
  await using rig = await startPhoneRig({
    env: { DEFAULT_AGENT: "assistant" },
    overrides: { agentFiles: files },
  });
  const talk = await talkOn(rig, rig.server.network.call(), /^Hello, I am your assistant/);
  assert.match((await use(talk, "get_current_time", {})).iso, /^\d{4}-/);
  assert.equal((await use(talk, "find_slots", {})).code, "unknown_tool");
  talk.model.say({ say: "Goodbye.", tools: [{ name: "end_call", arguments: "{}" }] });
  await talk.phone.ended;
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "agent_hung_up");
});

test("without any key, the built-in engine books from the first word to the last", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey};scopes=admin` },
    overrides: { agentFiles: files },
  });
  const said = new Inbox<string>();
  using _watching = watch(server.app.events, (event) => {
    if (event.type !== "turn" || event.turn.role !== "agent" || !event.turn.final) return;
    said.add(event.turn.text);
  });
  const phone = server.network.call({ from: "+14155550155" });
  await phone.next("streamStarted");
  const session = server.app.registry.byCallSid(phone.sid);
  assert.ok(session);
  const hear = (words: RegExp) => said.find((text) => words.test(text));
  await hear(/front desk/);
  const talk: readonly (readonly [typed: string, answer: RegExp])[] = [
    ["I would like to book a haircut in two weeks.", /Which one would you like\?/],
    ["The first one.", /what is your name\?/],
    ["My name is Ada Lovelace.", /^Shall I book .* for Ada Lovelace\?/],
    ["Yes", /^Done\. It is booked/],
  ];
  for (const [text, answer] of talk) {
    session.input({ type: "typed", text });
    await hear(answer);
  }
  const { appointments: [kept] } = await get(server, "/api/appointments");
  assert.deepEqual([kept.name, kept.phone, kept.service], [name, "+14155550155", "haircut"]);
  await hangUp(phone);
});

function watch(events: TestServer["app"]["events"], onEvent: (event: CallEvent) => void) {
  const watching = events.subscribe(() => true, ({ event }) => onEvent(event), { maxQueued: 1000 });
  return { [Symbol.dispose]: () => watching.close() };
}
