import assert from "node:assert/strict";
import { createApp } from "../../src/app.ts";
import { createLogger } from "../../src/utils/logger.ts";

const key = "k".repeat(40);

Deno.test("case 156: an unused token for /web opens nothing once the key behind it has expired", async () => {
  const log = createLogger({ level: "silent", format: "json", write: () => {}, now: Date.now });
  const realNow = Date.now;
  const expiresAt = Date.UTC(2027, 0, 31);
  Date.now = () => expiresAt - 1000;
  const app = await createApp({
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: `page:${key};expires=2027-01-31,other:${"o".repeat(40)}`,
  }, { log, engine: { voice: "tone" } });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => app.fetch(request, { remoteAddress: "127.0.0.1" }),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const tokenOf = async (secret: string): Promise<string> => {
    const headers = { Authorization: `Bearer ${secret}` };
    const response = await fetch(`${origin}/api/web/session`, { method: "POST", headers });
    const { token } = await response.json();
    return token;
  };
  const opens = async (token: string): Promise<boolean> => {
    const socket = new WebSocket(`${origin}/web`, ["parley.v1", `token.${token}`]);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    const opened = await new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
    if (opened) socket.close();
    await closed;
    return opened;
  };
  try {
    const [early, late, other] = [
      await tokenOf(key),
      await tokenOf(key),
      await tokenOf("o".repeat(40)),
    ];
    assert.equal(await opens(early), true);
    Date.now = () => expiresAt;
    assert.equal(await opens(late), false);
    assert.equal(await opens(other), true);
  } finally {
    Date.now = realNow;
    await app.close();
    await server.shutdown();
  }
});
