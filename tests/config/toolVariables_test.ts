import assert from "node:assert/strict";
import { readSettings, readVariable } from "../../src/config/env.ts";
import { createToolVariables, variableProblem } from "../../src/config/toolVariables.ts";

Deno.test({
  name: "a variable that this process may not read is told from one that is not set",
  permissions: { env: ["TOOL_NOT_SET"] },
  fn() {
    assert.deepEqual(readVariable("TOOL_NOT_SET"), { state: "unset" });
    assert.deepEqual(readVariable("SHOP_TOKEN"), { state: "denied" });
  },
});

Deno.test("tools read variables of the environment, and none of the server's own settings", () => {
  const read = createToolVariables(
    { TOOL_A: " secret ", TOOL_EMPTY: " ", API_KEYS: "x", OPENAI_ORG: "x", SHOP: "7" },
    () => ({ state: "denied" }),
  );
  assert.deepEqual(read("TOOL_A"), { state: "set", value: "secret" });
  assert.deepEqual(read("SHOP"), { state: "set", value: "7" });
  assert.deepEqual(read("TOOL_EMPTY"), { state: "denied" });
  for (const name of ["API_KEYS", "OPENAI_API_KEY", "OPENAI_ORG", "TWILIO_X", "WEBHOOK_SECRET"]) {
    assert.deepEqual(read(name), { state: "reserved" }, name);
  }
});

Deno.test("the problem of a variable names its remedy", () => {
  assert.equal(variableProblem("A", { state: "set", value: "x" }), undefined);
  assert.match(
    variableProblem("A", { state: "unset" }) ?? "",
    /add A=\.\.\. to \.env.*, and start the server again$/,
  );
  assert.match(variableProblem("A", { state: "denied" }) ?? "", /add "A" to env\.allow .* TOOL_A$/);
  assert.match(variableProblem("API_KEYS", { state: "reserved" }) ?? "", /a setting of the server/);
});

Deno.test("TOOL_PRIVATE_HOSTS takes names of hosts", () => {
  const { tools } = readSettings({
    TOOL_PRIVATE_HOSTS: "CRM.internal, db_1",
    HTTPS_PROXY: "http://p",
  });
  assert.deepEqual(tools, { privateHosts: ["crm.internal", "db_1"], isProxied: true });
  for (const wrong of ["https://crm.internal", "crm.internal:443", "10.0.0.0/8", "*.internal"]) {
    assert.throws(() => readSettings({ TOOL_PRIVATE_HOSTS: wrong }), /TOOL_PRIVATE_HOSTS has /);
  }
});
