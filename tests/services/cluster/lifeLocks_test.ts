import assert from "node:assert/strict";
import { openLifeLocks } from "../../../src/services/cluster/lifeLocks.ts";

Deno.test("a process that could not take its lock is not taken for dead, and leaves no file behind", async () => {
  const folder = await Deno.makeTempDir();
  const database = `${folder}/calls.db`;
  const other = await Deno.open(`${database}-inst_1.lock`, { write: true, create: true });
  await other.lock(true);
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  const locks = await openLifeLocks(database, { instanceId: "inst_1", log });
  other.close();
  assert.deepEqual(warnings, ["Life of this process not marked by a lock"]);
  assert.equal(await locks.lives("inst_1"), undefined);
  await locks.close();
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a lock says of a process whether it lives, while there is one", async () => {
  const folder = await Deno.makeTempDir();
  const database = `${folder}/calls.db`;
  const log = { warn: () => {} };
  const one = await openLifeLocks(database, { instanceId: "inst_1", log });
  const two = await openLifeLocks(database, { instanceId: "inst_2", log });
  const dead = await Deno.create(`${database}-inst_3.lock`);
  dead.close();
  const ids = ["inst_1", "inst_2", "inst_3", "inst_4"];
  assert.deepEqual(await Promise.all(ids.map(one.lives)), [true, true, false, undefined]);
  await one.remove("inst_3");
  await one.close();
  await two.close();
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder, { recursive: true });
});
