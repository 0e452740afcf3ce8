import assert from "node:assert/strict";
import { startPostgres } from "../support/store/postgres.ts";
import { startServerProcess } from "../support/servers/serverProcess.ts";
import { until } from "../support/until.ts";

const postgres = await startPostgres();

Deno.test({
  name: "case 151: a process whose clock is two hours ahead ends no call of another",
  ignore: postgres === undefined,
  async fn() {
    const database = await postgres!.createDatabase();
    const env = { DATABASE_URL: database.url };
    try {
      await using server = await startServerProcess({ env });
      const { token } = await (await server.post("/api/web/session")).json();
      const socket = new WebSocket(`${server.origin.replace("http", "ws")}/web`, [
        "parley.v1",
        `token.${token}`,
      ]);
      const callId = await new Promise<string>((resolve) =>
        socket.addEventListener("message", ({ data }) => {
          const message: unknown = JSON.parse(String(data));
          if (typeof message !== "object" || message === null) return;
          if ("callId" in message) resolve(String(message.callId));
        })
      );
      await using ahead = await startServerProcess({
        env,
        preload: "tests/support/faults/clockAhead.ts",
      });
      const beats = async () =>
        (await database.ask("SELECT beat_at FROM instances ORDER BY id")).map(({ beat_at }) =>
          String(beat_at)
        );
      // As often as processes beat they look at the calls of others.
      for (let beat = 0; beat < 2; beat++) {
        const before = await until(beats, (all) => all.length === 2);
        await until(beats, (now) => now.every((at, index) => at !== before[index]));
      }
      const { status, end } = await (await ahead.get(`/api/calls/${callId}`)).json();
      assert.equal(status, "live", JSON.stringify(end));
      const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
      socket.close(1000);
      await closed;
    } finally {
      await database.drop();
      postgres!.kill();
    }
  },
});
