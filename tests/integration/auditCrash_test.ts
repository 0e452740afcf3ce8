import assert from "node:assert/strict";
import { apiKey } from "../support/servers/phoneServer.ts";
import { type ProcessRig, startProcessRig } from "../support/servers/processRig.ts";
import { startPostgres } from "../support/store/postgres.ts";
import { statusOf } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const viewer = "the-viewer-secret-0123456789";
const API_KEYS = `ops:${apiKey};role=admin,cy:${viewer};role=viewer`;

const databases = [
  { name: "SQLite", ignore: false, make: () => Promise.resolve(undefined) },
  {
    name: "Postgres",
    ignore: postgres === undefined,
    make: () => postgres?.createDatabase() ?? Promise.reject(new Error("Cannot: no Postgres")),
  },
];

for (const { name, ignore, make } of databases) {
  Deno.test({
    name: `${name}: what was counted for the audit stays after kill -9, at every process on it`,
    ignore,
    async fn() {
      const database = await make();
      try {
        await using rig = await startProcessRig({
          env: { API_KEYS, ...(database && { DATABASE_URL: database.url }) },
        });
        await killed(rig);
      } finally {
        await database?.drop();
      }
    },
  });
}

async function killed(rig: ProcessRig): Promise<void> {
  const first = rig.server;
  const ask = (key: string, method: string, path: string) =>
    fetch(rig.server.origin + path, { method, headers: { "X-API-Key": key } });
  const refuse = async (times: number) => {
    for (let at = 0; at < times; at++) {
      assert.equal(await statusOf(ask(viewer, "POST", "/api/calls/call_1/actions")), 403);
    }
  };
  const told = async (): Promise<readonly number[]> => {
    const { entries } = await (await ask(apiKey, "GET", "/api/audit?key=cy")).json();
    return entries.map(({ times }: { readonly times: number }) => times);
  };

  await refuse(8);
  await until(told, ([newest]) => newest === 7);
  await refuse(5);
  await until(told, ([newest]) => newest === 12);
  const second = await rig.start();
  await refuse(3);
  await until(told, ({ length, 0: newest }) => length === 4 && newest === 2);
  for (const server of [first, second]) {
    server.signal("SIGKILL");
    await server.ended();
  }
  await rig.start();
  assert.deepEqual(await told(), [2, 1, 12, 1]);
}
