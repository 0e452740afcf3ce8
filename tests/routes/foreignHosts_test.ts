import assert from "node:assert/strict";
import { createApp } from "../../src/app.ts";
import { createLogger } from "../../src/utils/logger.ts";

const host = { remoteAddress: "127.0.0.1" };

Deno.test("case 185: a server without keys tells nothing to those who use a foreign name", async () => {
  const log = createLogger({ level: "silent", format: "json", write: () => {}, now: Date.now });
  const app = await createApp({ DATABASE_URL: "sqlite::memory:" }, {
    log,
    engine: { voice: "tone" },
  });
  const statuses = async (origin: string) => {
    const found: number[] = [];
    for (const path of ["/api/web/info", "/openapi.json", "/api/calls", "/health"]) {
      const response = await app.fetch(new Request(origin + path), host);
      await response.body?.cancel();
      found.push(response.status);
    }
    return found;
  };
  try {
    for (const own of ["127.0.0.1:8000", "localhost", "[::1]:8000", "LOCALHOST"]) {
      assert.deepEqual(await statuses(`http://${own}`), [200, 200, 200, 200], own);
    }
    for (const foreign of ["evil.example:8000", "localhost.evil.example", "10.0.0.5"]) {
      assert.deepEqual(await statuses(`http://${foreign}`), [403, 403, 403, 200], foreign);
    }
  } finally {
    await app.close();
  }
});
