import assert from "node:assert/strict";
import { apiKey } from "../support/servers/phoneServer.ts";
import { startServerProcess } from "../support/servers/serverProcess.ts";
import { until } from "../support/until.ts";

const MAX_AT_ONCE = 50;

Deno.test("case 154: while nobody reads its log the server answers, and says later what it dropped", async () => {
  await using server = await startServerProcess({
    env: { API_KEYS: `ops:${apiKey};scopes=admin`, LOG_LEVEL: "debug" },
  });
  const readAgain = server.stopReading();
  const ask = async (path: string) => {
    const answer = await fetch(server.origin + path, {
      headers: { "X-Request-Id": "x".repeat(99) },
    });
    await answer.body?.cancel();
    return answer.status;
  };
  const incidents = async () =>
    (await (await fetch(`${server.origin}/health`)).json()).incidents as {
      readonly code: string;
    }[];
  // Far beyond what a pipe holds, until what may wait for its reader is full too.
  const codes = await until(
    async () => {
      const statuses = await Promise.all(
        Array.from({ length: MAX_AT_ONCE }, () => ask("/no/such/place")),
      );
      assert.deepEqual(new Set(statuses), new Set([404]));
      return (await incidents()).map(({ code }) => code);
    },
    (codes) => codes.includes("log_stalled"),
  );
  assert.deepEqual(codes, ["log_stalled"]);
  const metrics = async () => await (await server.get("/metrics")).text();
  assert.match(await metrics(), /^parley_log_lines_dropped_total [1-9]/m);

  readAgain();
  await server.lines.find((line) => line.includes("Log lines dropped"));
  await until(incidents, (all) => all.length === 0);
  server.signal("SIGTERM");
  assert.equal(await server.ended(), 0);
});

Deno.test("case 154: a server that nobody reads stops when it is told to", async () => {
  await using server = await startServerProcess({ env: { LOG_LEVEL: "debug" } });
  const readAgain = server.stopReading();
  for (let times = 0; times < 20; times++) {
    await Promise.all(Array.from({ length: MAX_AT_ONCE }, async () => {
      const answer = await fetch(`${server.origin}/no/such/place`);
      await answer.body?.cancel();
    }));
  }
  server.signal("SIGTERM");
  await until(
    () => fetch(`${server.origin}/health`).then((answer) => answer.body?.cancel(), () => "gone"),
    (answer) => answer === "gone",
  );
  readAgain();
  assert.equal(await server.ended(), 0);
});
