import assert from "node:assert/strict";
import { watchScripts } from "../support/servers/loadedScripts.ts";
import { conversation, liveCalls, startProcessRig } from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/servers/freePort.ts";

/** With parameters for which the compiler of schemas is needed. */
const agent = `greeting: Good day.
tools: [end_call, get_current_time]
http_tools:
  - name: find_orders
    description: Finds orders.
    url: http://127.0.0.1:9/orders
    parameters:
      type: object
      properties:
        numbers: { type: array, items: { type: string, pattern: "^(A|B)[0-9]+$" } }`;

Deno.test("the first phone call waits for no module: all are loaded before the server listens", async () => {
  const inspectAt = freePort();
  await using rig = await startProcessRig({ agent, inspectAt });
  await using scripts = await watchScripts(inspectAt);
  const loaded = scripts.before.filter(isModule);
  for (const name of [/\/src\/app\.ts$/, /\/ajv\/.*\/core\.js$/]) {
    assert.ok(loaded.some((url) => name.test(url)), `${name} is not reported`);
  }
  const { phone } = await conversation(rig);
  await hangUp(phone);
  await until(() => liveCalls(rig.server), (calls) => calls.length === 0);
  assert.deepEqual((await scripts.since()).filter(isModule), []);
});

/** Deno's own parts are not modules of the server, and have no URL of a file. */
function isModule(url: string): boolean {
  return url.startsWith("file:");
}
