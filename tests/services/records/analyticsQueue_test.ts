import assert from "node:assert/strict";
import {
  AnalyticsBusy,
  createAnalyticsQueue,
  ofLastDays,
} from "../../../src/services/records/analyticsQueue.ts";
import type { CallAnalytics } from "../../../src/services/store/analytics/callAnalytics.ts";
import type { CallFilter } from "../../../src/services/store/calls/callList.ts";
import { openSqlite } from "../../../src/services/store/sqlite/sqliteDatabase.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { settled } from "../../support/until.ts";

Deno.test("case 159: what is written does not wait for sums that take long", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/parley.db`;
  const store = await openStore({ kind: "sqlite", path }, { now: () => 0 });
  await store.close();
  const database = await openSqlite(path);
  const finished: string[] = [];
  const long = database.longQuery(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000000)
      SELECT COUNT(*) AS count FROM numbers`,
  ).then(() => finished.push("read"));
  for (let at = 0; at < 10; at++) {
    await database.query("INSERT INTO facts (name, value) VALUES ($1, 'x')", [`fact ${at}`]);
  }
  finished.push("written");
  await long;
  assert.deepEqual(finished, ["written", "read"]);
  const [row] = await database.longQuery("SELECT COUNT(*) AS count FROM facts");
  assert.equal(row?.["count"], 10);
  await assert.rejects(database.longQuery("DELETE FROM facts"), /readonly/);
  await database.close();
  await Deno.remove(folder, { recursive: true });
});

/** An analysis whose answers the test gives. */
function startAnalysis() {
  const asked: (CallFilter & { readonly answer: () => void })[] = [];
  const clock = { ms: 0 };
  const analyse = async (filter: CallFilter): Promise<CallAnalytics> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    asked.push({ ...filter, answer: resolve });
    await promise;
    return await Promise.reject(new Error(`answered ${filter.agent}`));
  };
  const now = () => Date.UTC(2027, 0, 31);
  const sumUp = createAnalyticsQueue({ monotonic: () => clock.ms })(ofLastDays(analyse, { now }));
  return { asked, sumUp };
}

Deno.test("case 159: sums are made one at a time, and the same ones for all who ask", async () => {
  const { asked, sumUp } = startAnalysis();
  const answers = [
    ...Array.from({ length: 50 }, () => sumUp({ agent: "a" })),
    sumUp({ agent: "b", until: Date.UTC(2027, 0, 10) }),
  ].map((answer) => answer.catch(({ message }) => message));
  await settled();
  assert.deepEqual(asked.map(({ agent, since }) => [agent, since]), [["a", Date.UTC(2027, 0, 1)]]);
  asked[0]?.answer();
  assert.deepEqual(new Set(await Promise.all(answers.slice(0, 50))), new Set(["answered a"]));
  await settled();
  assert.deepEqual(asked.map(({ agent }) => agent), ["a", "b"]);
  assert.equal(asked[1]?.since, Date.UTC(2026, 11, 11));
  asked[1]?.answer();
  assert.equal(await answers[50], "answered b");
});

Deno.test("case 159: whoever asks for too many different sums is refused", async () => {
  const { asked, sumUp } = startAnalysis();
  const answers = Array.from(
    { length: 25 },
    (_, at) => sumUp({ agent: `agent_${at}` }).catch((error: Error) => error),
  );
  const refused = await Promise.all(answers.slice(20));
  assert.ok(refused.every((error) => error instanceof AnalyticsBusy));
  for (let at = 0; at < 20; at++) {
    await settled();
    asked[at]?.answer();
    await answers[at];
  }
});

Deno.test("sums are kept ten times as long as they took, at most five seconds", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const { analyse } = store.calls;
  let made = 0;
  let ms = 0;
  let takesMs = 600;
  const sumUp = createAnalyticsQueue({ monotonic: () => ms })((_: CallFilter) => {
    made++;
    ms += takesMs;
    return analyse({});
  });
  await sumUp({});
  ms += 4900;
  await sumUp({});
  assert.equal(made, 1);
  ms += 200;
  takesMs = 1;
  await sumUp({});
  assert.equal(made, 2);
  ms += 11;
  await sumUp({});
  assert.equal(made, 3);
  await store.close();
});
