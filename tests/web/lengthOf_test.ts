import assert from "node:assert/strict";
import { lengthOf } from "../../src/web/records/lengthOf.ts";

Deno.test("a placed call is as long as it was answered, and has no length where nobody answered", () => {
  const call = {
    direction: "outbound",
    answeredAt: "2026-01-01T01:04:50.911Z",
    endedAt: "2026-01-01T01:05:01.842Z",
    durationMs: 11_971,
  } as const;
  assert.equal(lengthOf(call), 10_931);
  assert.equal(lengthOf({ ...call, answeredAt: null }), null);
  assert.equal(lengthOf({ ...call, endedAt: null, durationMs: null }), null);
  assert.equal(lengthOf({ ...call, direction: "inbound" }), 11_971);
});
