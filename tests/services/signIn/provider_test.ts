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
