import assert from "node:assert/strict";
import {
  adminKey,
  instancesTest,
  keysWithAdmin,
  startTwoInstances,
} from "../support/servers/instances.ts";
import { decodeG711, MU_LAW } from "../../src/utils/audio/g711.ts";
import { voiceOf } from "../support/servers/phoneRig.ts";
import { listenTo, loudMs } from "../support/listeningClient.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const options = {
  env: { API_KEYS: keysWithAdmin },
  overrides: { agentFiles: onlyAgent("greeting: Good day, this is Acme, how can I help you?") },
};

async function talking({ first }: Awaited<ReturnType<typeof startTwoInstances>>) {
  const phone = first.network.call();
  await phone.next("streamStarted");
  const id = await until(
    () => first.app.registry.byCallSid(phone.sid)?.id ?? "",
    (found) => found !== "",
  );
  await until(() => phone.playedMs, (ms) => ms > 0);
  return { phone, id };
}

instancesTest("a call of another instance is heard at any, whole and until its end", async () => {
  await using instances = await startTwoInstances(options);
  const { first, second } = instances;
  const { phone, id } = await talking(instances);
  // The token of one instance is good at the other.
  await using far = await listenTo(first, id, adminKey, second);
  await using alsoFar = await listenTo(second, id, adminKey);
  await using near = await listenTo(first, id, adminKey);
  const said = voiceOf(1500);
  await phone.speak(said);
  for (const listener of [far, alsoFar, near]) {
    await listener.hears("caller", loudMs(decodeG711(MU_LAW, said)) - 200);
    await listener.hears("agent", 5);
  }
  const { atMs } = near.sounds.at(-1)!;
  await until(() => far.sounds.at(-1)?.atMs ?? 0, (ms) => ms > atMs);
  const from = far.sounds[0]!.atMs;
  const lost = far.sounds.filter(({ atMs }, at) => at > 0 && atMs - far.sounds[at - 1]!.atMs > 100);
  assert.deepEqual(lost, [], `pieces lost since ${from}`);
  // Who has joined last has heard nothing of what was before.
  const nearFrom = near.sounds[0]!.atMs;
  const same = far.sounds.find(({ atMs, caller, agent }) =>
    atMs >= nearFrom && loudMs(caller) + loudMs(agent) > 10
  )!;
  const here = near.sounds.find(({ atMs }) => atMs === same.atMs);
  assert.deepEqual(here, same, "the same at both instances");

  await alsoFar[Symbol.asyncDispose]();
  const listenersOf = async () => {
    const headers = { Authorization: `Bearer ${adminKey}` };
    return (await (await second.request(`/api/calls/${id}`, { headers })).json()).listeners;
  };
  const kept = await until(
    listenersOf,
    (all) => all.filter(({ toMs }: { toMs: unknown }) => toMs !== null).length === 1,
  );
  assert.deepEqual(kept.map(({ key }: { key: unknown }) => key), ["admin", "admin", "admin"]);
  await hangUp(phone);
  assert.equal((await far.closed).code, 1000);
  assert.equal((await near.closed).code, 1000);
});

instancesTest("those who listen count at all instances, and leave their places again", async () => {
  await using instances = await startTwoInstances({
    ...options,
    env: { ...options.env, LISTENERS_PER_CALL: "1" },
  });
  const { first, second } = instances;
  const { phone, id } = await talking(instances);
  {
    await using far = await listenTo(second, id, adminKey);
    await far.hears("agent", 5).catch(() => {});
    await assert.rejects(listenTo(second, id, adminKey), "so many, wherever they are");
    await assert.rejects(listenTo(first, id, adminKey));
  }
  // Its leaving is told, and its place is free.
  const again = await until(
    () => listenTo(first, id, adminKey).catch(() => undefined),
    (listener) => listener !== undefined,
  );
  await again?.[Symbol.asyncDispose]();
  await hangUp(phone);
});
