import { strict as assert } from "node:assert";
import { createProvider } from "../../../src/services/signIn/provider.ts";

Deno.test("a provider whose own host may not be reached is told by that host", async () => {
  const issuer = "https://sso.example.com/realms/shop";
  const asked: string[] = [];
  const provider = createProvider({ issuer, clientId: "parley" }, {
    now: () => 0,
    permits: (host) => {
      asked.push(host);
      return false;
    },
  });
  const error = await provider.examine();
  assert.equal(error?.fault, "not_permitted");
  assert.equal(error?.detail, "sso.example.com:443");
  assert.deepEqual(asked, ["sso.example.com:443"]);
});

Deno.test({
  name:
    "a connection that Deno refuses is a missing permission for that host, whatever was asked before",
  permissions: { net: false, read: true, env: true, sys: true },
  async fn() {
    const issuer = "https://sso.example.com/realms/shop";
    const asks = { now: () => 0, permits: () => true };
    const error = await createProvider({ issuer, clientId: "parley" }, asks).examine();
    assert.deepEqual([error?.fault, error?.detail], ["not_permitted", "sso.example.com:443"]);
  },
});
