import assert from "node:assert/strict";
import { Inbox } from "../support/inbox.ts";
import { onlyAgent, statusOf } from "../support/twilio/dialling.ts";
import { startPhoneServer } from "../support/servers/phoneServer.ts";
import { practice } from "../support/calendar/testCalendar.ts";
import { problemOf } from "../support/problemOf.ts";

const admin = "the-admin-secret-0123456789";
const reader = "the-reading-secret-0123456789";
const env = { API_KEYS: `boss:${admin};scopes=admin,cal:${reader};scopes=appointments:read` };
const entered = {
  calendar: "practice",
  service: "haircut",
  startsAt: "2027-03-02T10:00:00+01:00",
  name: "Ada Lovelace",
  phone: "+4917112345678",
};

Deno.test("each change of an appointment is told to the operator's server at once", async () => {
  const told = new Inbox<{ readonly type: string; readonly data: Record<string, unknown> }>();
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      told.add(await request.json());
      return new Response();
    },
  );
  await using server = await startPhoneServer({
    env: {
      ...env,
      WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/`,
      WEBHOOK_SECRET: `whsec_${btoa("x".repeat(24))}`,
    },
    overrides: { agentFiles: onlyAgent(practice) },
  });
  const begunMs = performance.now();
  const { id } = await (await server.post("/api/appointments", entered, admin)).json();
  const booked = await told.find(({ type }) => type === "appointment.booked");
  assert.deepEqual([booked.data["id"], booked.data["name"], booked.data["state"]], [
    ...[id, "Ada Lovelace", "booked"],
  ]);
  await statusOf(server.request(`/api/appointments/${id}`, {
    method: "DELETE",
    headers: { "X-API-Key": admin },
  }));
  const cancelled = await told.find(({ type }) => type === "appointment.cancelled");
  assert.equal(cancelled.data["state"], "cancelled");
  // Otherwise they are found every 30 s.
  assert.ok(performance.now() - begunMs < 20_000);
});

Deno.test("an operator enters, sees and cancels appointments, and a calendar program reads them", async () => {
  await using server = await startPhoneServer({
    env,
    overrides: { agentFiles: onlyAgent(practice) },
  });
  const ask = (path: string, key: string, method = "GET", body?: object) =>
    server.request(`/api/appointments${path}`, {
      method,
      headers: { "X-API-Key": key, ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const enter = (changes: object) => ask("", admin, "POST", { ...entered, ...changes });

  const answer = await enter({});
  assert.equal(answer.status, 201);
  const haircut = await answer.json();
  assert.deepEqual([haircut.startsAt, haircut.endsAt, haircut.state, haircut.callId], [
    ...["2027-03-02T09:00:00.000Z", "2027-03-02T09:30:00.000Z", "booked", null],
  ]);
  assert.deepEqual(await problemOf(await enter({})), [409, "time_taken"]);
  assert.deepEqual(await problemOf(await enter({ calendar: "other" })), [422, "unknown_calendar"]);
  const lunch = { service: "Lunch", name: "All", startsAt: "2027-03-02T12:30:00+01:00" };
  assert.deepEqual(await problemOf(await enter(lunch)), [422, "minutes_needed"]);
  assert.equal(await statusOf(enter({ ...lunch, minutes: 60, phone: undefined })), 201);

  assert.deepEqual(await problemOf(await ask("", reader, "POST", entered)), [403, "scope_missing"]);
  const listed = async (query: string) => {
    const { appointments, more } = await (await ask(query, reader)).json();
    return [appointments.map(({ service }: { readonly service: string }) => service), more];
  };
  assert.deepEqual(await listed("?from=2027-03-02&to=2027-03-03"), [["haircut", "Lunch"], false]);
  assert.deepEqual(await listed("?limit=1"), [["haircut"], true]);
  assert.deepEqual(await listed("?from=2027-03-03"), [[], false]);

  const path = `/${haircut.id}`;
  assert.equal((await (await ask(path, admin, "DELETE")).json()).state, "cancelled");
  assert.deepEqual(await problemOf(await ask("/apt_none", admin, "DELETE")), [
    ...[404, "unknown_appointment"],
  ]);
  assert.equal(await statusOf(enter({})), 201);

  const file = await server.request(`/api/appointments.ics?calendar=practice&key=${reader}`);
  assert.match(file.headers.get("content-type") ?? "", /^text\/calendar/);
  const text = await file.text();
  assert.equal(text.match(/SUMMARY:Haircut: Ada Lovelace\r\n/g)?.length, 2);
  assert.match(text, /STATUS:CANCELLED/);
  assert.deepEqual(await problemOf(await server.request("/api/appointments.ics")), [
    ...[401, "key_required"],
  ]);
  const wrong = await server.request("/api/appointments.ics?key=not-the-right-secret");
  assert.deepEqual(await problemOf(wrong), [401, "invalid_key"]);
  // Nowhere else does a key in the address count.
  assert.deepEqual(await problemOf(await server.request(`/api/appointments?key=${reader}`)), [
    ...[401, "key_required"],
  ]);
  assert.ok(!server.logged.some((line) => line.includes(reader) || line.includes("Lovelace")));
});
