import assert from "node:assert/strict";
import { lengthOf } from "../../src/web/records/lengthOf.ts";

Deno.test("a placed call is as long as it was answered, and has no length where nobody answered", () => {
  const call = { direction: "outbound", durationMs: 11_971, connectedMs: 10_931 } as const;
  assert.equal(lengthOf(call), 10_931);
  assert.equal(lengthOf({ ...call, connectedMs: null }), null);
  assert.equal(lengthOf({ ...call, direction: "inbound" }), 11_971);
});
