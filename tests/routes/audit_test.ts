import assert from "node:assert/strict";
import { startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
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
