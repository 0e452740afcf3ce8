import assert from "node:assert/strict";
import { soakKills } from "../soak/crash/kills.ts";

Deno.test("calls live through two kills at random moments, and nothing that was said is lost", async () => {
  // However long a busy machine takes to start a server, Twilio waits for it.
  const line = { pauseMsPerSecond: 10_000 };
  const figures = await soakKills({ count: 2, seed: 7, progress() {}, line });
  const held = ["kills with live calls", "calls dropped", "turns lost that were said"];
  for (const { what, measured, ok } of figures) {
    if (held.includes(what)) assert.ok(ok, `${what}: ${measured}`);
  }
});
