import assert from "node:assert/strict";
import { ConnectMemoryError, openConnectMemory } from "../../../src/cli/connect/connectMemory.ts";

const settings = {
  ...{ VoiceUrl: "https://old.example/voice", VoiceMethod: "POST", VoiceFallbackUrl: "" },
  ...{ VoiceFallbackMethod: "POST", StatusCallback: "", StatusCallbackMethod: "POST" },
  ...{ VoiceApplicationSid: "", TrunkSid: "", VoiceReceiveMode: "voice" },
};

const numberAt = (digit: string) => ({
  accountSid: `AC${"0".repeat(32)}`,
  apiHost: "api.twilio.com",
  sid: `PN${digit.repeat(32)}`,
  number: `+1415555010${digit}`,
  rememberedAt: "2026-11-29T12:00:00.000Z",
  before: settings,
  set: {},
  earlier: [],
  flows: [],
});

Deno.test("processes that remember numbers in one file keep what the others have written", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/connect.json`;
  const [one, other] = [openConnectMemory(path), openConnectMemory(path)];
  one.keep(numberAt("1"));
  other.keep(numberAt("2"));
  assert.deepEqual(one.numbers.map(({ sid }) => sid), [numberAt("1").sid, numberAt("2").sid]);
  one.forget(numberAt("1").sid);
  assert.equal(other.find(numberAt("1").sid), undefined);
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  other.forget(numberAt("2").sid);
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("several processes may remember numbers at the same time", async () => {
  const folder = await Deno.makeTempDir();
  const module = new URL("../../../src/cli/connect/connectMemory.ts", import.meta.url).href;
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const keeps = (digit: string) =>
    `import { openConnectMemory } from "${module}";
     const memory = openConnectMemory("${folder}/connect.json");
     const number = ${JSON.stringify(numberAt(digit))};
     for (let n = 0; n < 50; n++) { memory.forget(number.sid); memory.keep(number); }`;
  const ended = ["3", "4", "5"].map(async (digit) => {
    const file = `${folder}/${digit}.ts`;
    await Deno.writeTextFile(file, keeps(digit));
    const args = ["run", "--quiet", "--no-check", "--allow-all", "--config", config, file];
    return await new Deno.Command(Deno.execPath(), { args, stdout: "null" }).output();
  });
  for (const { success, stderr } of await Promise.all(ended)) {
    assert.ok(success, new TextDecoder().decode(stderr));
  }
  const kept = openConnectMemory(`${folder}/connect.json`).numbers.map(({ sid }) => sid).sort();
  assert.deepEqual(kept, ["3", "4", "5"].map((digit) => numberAt(digit).sid));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what an earlier version has remembered can be read", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/connect.json`;
  const { apiHost: _, earlier: __, ...number } = numberAt("6");
  await Deno.writeTextFile(path, JSON.stringify({ version: 1, numbers: [number] }));
  assert.deepEqual(openConnectMemory(path).numbers, [numberAt("6")]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that another process keeps is waited for, and not for ever", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/connect.json`;
  const memory = openConnectMemory(path, { patienceMs: 50 });
  const held = await Deno.open(`${path}.new`, { write: true, create: true });
  held.lockSync(true);
  assert.throws(() => memory.keep(numberAt("7")), (error: Error) => {
    assert.ok(error instanceof ConnectMemoryError);
    assert.match(error.message, /another process keeps it/);
    return true;
  });
  held.close();
  memory.keep(numberAt("7"));
  assert.equal(memory.numbers.length, 1);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that cannot be changed is told with its path", async () => {
  const folder = await Deno.makeTempDir();
  const isTold = (path: string) => (error: Error) => {
    assert.ok(error instanceof ConnectMemoryError);
    assert.ok(error.message.startsWith(`Cannot change ${path}, which`), error.message);
    return true;
  };
  const path = `${folder}/connect.json`;
  const memory = openConnectMemory(path);
  await Deno.mkdir(`${path}.new`);
  assert.throws(() => memory.keep(numberAt("8")), isTold(path));
  const removed = `${folder}/data/connect.json`;
  const other = openConnectMemory(removed);
  await Deno.writeTextFile(`${folder}/data`, "");
  assert.throws(() => other.keep(numberAt("8")), ConnectMemoryError);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("who has lent a number is kept with it", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/connect.json`;
  const number = { ...numberAt("9"), owner: { pid: 4711, startedAt: 1764417600000.5 } };
  openConnectMemory(path).keep(number);
  assert.deepEqual(openConnectMemory(path).numbers, [number]);
  const damaged = { ...number, owner: { pid: "4711" } };
  await Deno.writeTextFile(path, JSON.stringify({ version: 1, numbers: [damaged] }));
  assert.throws(() => openConnectMemory(path), ConnectMemoryError);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that cannot be opened is told with its path", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/connect.json`;
  await Deno.mkdir(path);
  assert.throws(() => openConnectMemory(path), (error: Error) => {
    assert.ok(error instanceof ConnectMemoryError);
    assert.ok(error.message.startsWith(`Cannot read ${path}, which`), error.message);
    return true;
  });
  await Deno.remove(folder, { recursive: true });
});
