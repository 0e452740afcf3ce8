import assert from "node:assert/strict";
// Its schemas are made here before `@hono/zod-openapi` is loaded, which can describe later ones only.
import { batchPlan } from "../../../src/services/outbound.ts";

Deno.test("routes can be loaded after the services", async () => {
  assert.ok(batchPlan);
  const { batchEdit } = await import("../../../src/routes/openapi/batchSchemas.ts");
  assert.deepEqual(batchEdit.parse({ hours: null, perMinute: 2 }), { hours: null, perMinute: 2 });
  assert.equal(batchEdit.safeParse({ hours: { mon: "never" } }).success, false);
});
