import assert from "node:assert/strict";
import { openClient } from "../support/browser/webClient.ts";
import {
  type Instance,
  instancesTest as test,
  startTwoInstances,
} from "../support/servers/instances.ts";
import { problemOf } from "../support/problemOf.ts";

const ORIGIN = "https://shop.example";
const KEY = "pk_0123456789abcdef";

function session(instance: Pick<Instance, "request">, address: string): Promise<Response> {
  return instance.request("/api/web/session", {
    method: "POST",
    headers: {
      authorization: `Bearer ${KEY}`,
      origin: ORIGIN,
      "x-forwarded-for": address,
    },
  });
}

test("limits and tokens of a public key are those of all instances together", async () => {
  await using instances = await startTwoInstances({
    env: {
      TRUST_PROXY: "true",
      PUBLIC_KEYS: `site:${KEY};origins=${ORIGIN};agents=receptionist;visitor_calls=2;calls=3`,
    },
  });
  const { first, second } = instances;
  const all = [first, second];
  const talk = async (from: Instance, at: Instance, address: string) => {
    const { token } = await (await session(from, address)).json();
    const client = openClient(at, token, { origin: ORIGIN, "x-forwarded-for": address });
    await client.get("ready");
    await client.close();
  };
  await talk(first, second, "203.0.113.5");
  await talk(second, first, "203.0.113.5");
  for (const instance of all) {
    const answer = await session(instance, "203.0.113.5");
    assert.deepEqual(await problemOf(answer), [429, "daily_calls_used"], "of the visitor");
  }
  await talk(first, first, "203.0.113.6");
  for (const instance of all) {
    const answer = await session(instance, "203.0.113.7");
    assert.deepEqual(await problemOf(answer), [429, "daily_calls_used"], "of the key");
  }
});
