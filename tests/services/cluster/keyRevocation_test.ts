import assert from "node:assert/strict";
import { openKeyRevocation } from "../../../src/services/cluster/keyRevocation.ts";
import { createLoneBus } from "../../../src/services/cluster/bus.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { parseApiKeys } from "../../../src/utils/auth.ts";
import { settled } from "../../support/until.ts";

const [ops, ci] = parseApiKeys("ops:0123456789abcdef,ci:fedcba9876543210");
const [renewed] = parseApiKeys("ops:another-secret-0123");

Deno.test("openKeyRevocation() remembers what was revoked, and other processes learn of it", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const wakes: (() => void)[] = [];
  const read = Promise.withResolvers<void>();
  let reads = 0;
  const keys = {
    ...store.revokedKeys,
    async list() {
      const found = await store.revokedKeys.list();
      if (++reads === 3) read.resolve();
      return found;
    },
  };
  const open = () =>
    openKeyRevocation({
      keys,
      apiKeys: [],
      bus: createLoneBus("inst_1"),
      now: () => 1000,
      setTimer(wake) {
        wakes.push(wake);
        return () => {};
      },
      log: { warn() {} },
    });
  assert.ok(ops && ci && renewed);
  const [here, elsewhere] = [await open(), await open()];
  assert.equal(here.isRevoked(ops), false);
  await here.revoke(ops);
  await here.revoke(ops);
  assert.deepEqual([ops, ci, renewed].map(here.isRevoked), [true, false, false]);
  assert.equal(elsewhere.isRevoked(ops), false);
  wakes[1]?.();
  await read.promise;
  await settled();
  assert.equal(elsewhere.isRevoked(ops), true);
  const restarted = await open();
  assert.equal(restarted.isRevoked(ops), true);
  assert.deepEqual(
    (await store.revokedKeys.list()).map(({ name, revokedAt }) => [name, revokedAt]),
    [
      ["ops", 1000],
    ],
  );
  for (const revocation of [here, elsewhere, restarted]) revocation.close();
  await store.close();
});

Deno.test("revoke() is known to connected processes by their bus, before they look", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const listeners = new Set<(body: unknown, from: string) => void>();
  const open = (instanceId: string) =>
    openKeyRevocation({
      keys: store.revokedKeys,
      apiKeys: [],
      bus: {
        publish(_topic, body) {
          for (const take of listeners) take(JSON.parse(JSON.stringify(body)), instanceId);
          return Promise.resolve();
        },
        subscribe(_topic, take) {
          listeners.add(take);
          return () => void listeners.delete(take);
        },
        onGap: () => () => {},
      },
      now: () => 1000,
      setTimer: () => () => {},
      log: { warn() {} },
    });
  assert.ok(ops && ci);
  const [here, elsewhere] = [await open("inst_1"), await open("inst_2")];
  await here.revoke(ops);
  assert.deepEqual([ops, ci].map(elsewhere.isRevoked), [true, false]);
  for (const revocation of [here, elsewhere]) revocation.close();
  assert.equal(listeners.size, 0);
  await store.close();
});

Deno.test("revoke() counts at once even where it cannot be written down", async () => {
  const revocation = await openKeyRevocation({
    keys: { list: () => Promise.resolve([]), insert: () => Promise.reject(new Error("disk full")) },
    apiKeys: [],
    bus: createLoneBus("inst_1"),
    now: () => 0,
    setTimer: () => () => {},
    log: { warn() {} },
  });
  assert.ok(ops);
  await assert.rejects(revocation.revoke(ops), /disk full/);
  assert.equal(revocation.isRevoked(ops), true);
  revocation.close();
});
