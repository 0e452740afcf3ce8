import assert from "node:assert/strict";
import { startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { askToListen, listenTo } from "../support/listeningClient.ts";
import { startPostgres } from "../support/store/postgres.ts";
import { statusOf } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const operator = "the-operator-secret-0123456789";
const viewer = "the-viewer-secret-0123456789";
const API_KEYS = `ops:${apiKey};role=admin,ann:${operator};role=operator,cy:${viewer};role=viewer`;

interface Entry {
  readonly key: string;
  readonly action: string;
  readonly subject: string | null;
  readonly outcome: string;
  readonly refusal: string | null;
}

const databases = [
  {
    name: "SQLite",
    ignore: false,
    make: () => Promise.resolve({ url: "sqlite::memory:", drop: () => Promise.resolve() }),
  },
  {
    name: "Postgres",
    ignore: postgres === undefined,
    make: () => postgres?.createDatabase() ?? Promise.reject(new Error("Cannot: no Postgres")),
  },
];

for (const { name, ignore, make } of databases) {
  Deno.test({
    name: `${name}: GET /api/audit says who did what, and who was refused, without callers`,
    ignore,
    async fn() {
      const { url, drop } = await make();
      try {
        await watched(url);
      } finally {
        await drop();
      }
    },
  });
}

async function watched(databaseUrl: string): Promise<void> {
  await using rig = await startPhoneRig({
    agent: "greeting: Good day, this is Acme.",
    env: { API_KEYS, DATABASE_URL: databaseUrl },
  });
  const { server } = rig;
  const ask = (key: string, method: string, path: string, body?: unknown) =>
    server.request(path, {
      method,
      headers: { "X-API-Key": key, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const status = (...asked: Parameters<typeof ask>) => statusOf(ask(...asked));
  const entries = async (query = ""): Promise<readonly Entry[]> =>
    (await (await ask(apiKey, "GET", `/api/audit${query}`)).json()).entries;
  const told = async (query = "") =>
    (await entries(query)).map(({ key, action, subject, refusal }) =>
      [key, action, subject, refusal].join(" ")
    );

  const talk = await rig.ring();
  const call = `/api/calls/${talk.callId}`;
  assert.equal(await statusOf(askToListen(server, talk.callId, viewer)), 403);
  await (await listenTo(server, talk.callId, operator))[Symbol.asyncDispose]();
  const whisper = { type: "whisper", text: "Offer +14155550177 ten percent." };
  assert.equal(await status(operator, "POST", `${call}/actions`, whisper), 202);
  assert.equal(await status(viewer, "POST", `${call}/actions`, whisper), 403);
  await hangUp(talk.phone);
  assert.equal(await status(operator, "PUT", "/api/do-not-call/+14155550123"), 200);
  assert.equal(await status(operator, "DELETE", "/api/do-not-call/+14155550123"), 204);
  assert.equal(await status(operator, "PUT", `${call}/tags/vip`), 200);
  assert.equal(await status(operator, "DELETE", `${call}/tags/vip`), 200);
  assert.equal(await status(operator, "GET", "/api/calls.csv"), 200);
  assert.equal(await status(operator, "HEAD", "/api/calls.csv"), 200);
  assert.equal(await status(operator, "DELETE", "/api/callers/+14155550123"), 403);
  assert.equal(await status(apiKey, "DELETE", "/api/callers/+14155550123"), 200);
  await until(() => status(apiKey, "DELETE", call), (code) => code === 200);
  assert.equal(await status(apiKey, "DELETE", "/api/calls/call_none"), 404);
  assert.equal(await status("a-wrong-secret-0123456789", "DELETE", call), 401);
  assert.equal(await status(apiKey, "POST", "/api/keys/cy/revoke"), 200);

  await until(() => told("?action=key.revoke"), (found) => found.length === 1);
  const erased = await told("?action=call.erase");
  assert.equal(erased[0], "ops call.erase call_none unknown_call");
  assert.ok(erased.includes(`ops call.erase ${talk.callId} `));
  assert.deepEqual(
    (await told()).filter((entry) => !entry.includes("call.erase")),
    [
      "ops key.revoke cy ",
      "ops caller.erase  ",
      "ann caller.erase  scope_missing",
      "ann calls.export  ",
      `ann call.untag ${talk.callId} `,
      `ann call.tag ${talk.callId} `,
      "ann do_not_call.remove …123 ",
      "ann do_not_call.add …123 ",
      `cy call.act ${talk.callId} scope_missing`,
      `ann call.whisper ${talk.callId} `,
      `ann call.listen ${talk.callId} `,
      `cy call.listen ${talk.callId} scope_missing`,
    ],
  );
  const all = JSON.stringify(await entries());
  assert.doesNotMatch(all, /1415555|percent|a-wrong/);
  assert.ok(
    (await entries()).every(({ outcome, refusal }) =>
      outcome === (refusal === null ? "done" : "refused")
    ),
  );

  assert.deepEqual(await told(`?key=cy&subject=${talk.callId}&action=call.listen`), [
    `cy call.listen ${talk.callId} scope_missing`,
  ]);
  assert.deepEqual(await told("?to=2020-01-01"), []);
  const [first, cursor] = await page("");
  const [second] = await page(`&cursor=${cursor}`);
  assert.deepEqual([...first, ...second], (await told()).slice(0, 4));
  assert.equal(await status(operator, "GET", "/api/audit"), 403);

  async function page(more: string): Promise<[readonly string[], string]> {
    const { nextCursor } = await (await ask(apiKey, "GET", `/api/audit?limit=2${more}`)).json();
    return [await told(`?limit=2${more}`), nextCursor];
  }
}

Deno.test("a key that is refused again and again makes one entry, and a wrong body its code", async () => {
  await using server = await startPhoneServer({ env: { API_KEYS } });
  const ask = (key: string, method: string, path: string, body?: string) =>
    server.request(path, {
      method,
      headers: { "X-API-Key": key, "Content-Type": "application/json" },
      ...(body !== undefined && { body }),
    });
  const told = async (): Promise<readonly string[]> => {
    const { entries } = await (await ask(apiKey, "GET", "/api/audit")).json();
    return entries.map(({ key, action, refusal, times }: Entry & { readonly times: number }) =>
      [key, action, refusal, times].join(" ")
    );
  };
  for (let at = 0; at < 30; at++) {
    assert.equal(await statusOf(ask(viewer, "POST", `/api/calls/call_${at}/actions`, "{}")), 403);
  }
  assert.equal(await statusOf(ask(operator, "DELETE", "/api/callers/+14155550123")), 403);
  const bodies = [["{", "malformed_json"], ['{"type":"dance"}', "invalid_request"]] as const;
  for (const [body, code] of bodies) {
    const wrong = await ask(operator, "POST", "/api/calls/call_x/actions", body);
    assert.equal((await wrong.json()).code, code);
  }
  assert.deepEqual(await until(told, (entries) => entries.length >= 4), [
    "ann call.act invalid_request 1",
    "ann call.act malformed_json 1",
    "ann caller.erase scope_missing 1",
    "cy call.act scope_missing 1",
  ]);
});

Deno.test("tags, appointments, messages, analyses, tools, webhooks and replays are noted", async () => {
  await using server = await startPhoneServer({ env: { API_KEYS } });
  const ask = (method: string, path: string, body: unknown) =>
    server.request(path, {
      method,
      headers: { "X-API-Key": viewer, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const asked: readonly (readonly [action: string, method: string, path: string])[] = [
    ["call.tag", "PUT", "/api/calls/call_1/tags/vip"],
    ["call.untag", "DELETE", "/api/calls/call_1/tags/vip"],
    ["call.analyze", "POST", "/api/calls/call_1/analyze"],
    ["message.change", "PATCH", "/api/messages/msg_1"],
    ["message.remove", "DELETE", "/api/messages/msg_1"],
    ["appointment.enter", "POST", "/api/appointments"],
    ["appointment.cancel", "DELETE", "/api/appointments/apt_1"],
    ["tool.try", "POST", "/api/agents/receptionist/tools/end_call/try"],
    ["webhook.test", "POST", "/api/webhooks/test"],
    ["webhook.resend", "POST", "/api/webhooks/deliveries/out_1/resend"],
    ["journal.replay", "POST", "/api/calls/call_1/replay"],
  ];
  for (const [, method, path] of asked) {
    assert.equal(await statusOf(ask(method, path, {})), 403, path);
  }
  const told = async () => {
    const answer = await server.request("/api/audit", { headers: { "X-API-Key": apiKey } });
    return (await answer.json()).entries.map(({ action }: Entry) => action).reverse();
  };
  assert.deepEqual(
    await until(told, ({ length }) => length >= asked.length),
    asked.map(([action]) => action),
  );
});
