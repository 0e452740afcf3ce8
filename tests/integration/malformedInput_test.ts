import assert from "node:assert/strict";
import { ACCOUNT } from "../bench/load/account.ts";
import { placeCall } from "../bench/load/caller.ts";
import { Direction } from "../bench/load/measure.ts";
import { startTalkingModel } from "../bench/load/talkingModel.ts";
import * as attacks from "../soak/malformed/attack.ts";
import { createHostileModel } from "../soak/malformed/hostileModel.ts";
import { Junk } from "../soak/malformed/junk.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { makeDataFolder, startServerProcess } from "../support/servers/serverProcess.ts";
import { until } from "../support/until.ts";

const { browser, mediaStream, strangeStream, frames, api, webhooks } = attacks;

Deno.test("malformed messages of callers, of clients and of a model end no call but their own", async () => {
  const junk = new Junk(9);
  const heard = new Direction();
  const said = new Direction();
  let hostile = 0;
  const serveHostile = createHostileModel(new Junk(7), () => hostile++);
  const model = startTalkingModel({
    heard,
    serveOther(name, socket) {
      if (name !== "hostile") return false;
      serveHostile(socket);
      return true;
    },
  });
  await using data = await makeDataFolder();
  const settings = await data.agent("model: gpt-realtime-2.1");
  const agent = new URL(`../../${settings.AGENTS_DIR}/hostile.md`, import.meta.url);
  await Deno.writeTextFile(agent, "---\ntitle: Mad\nmodel: hostile\n---\nHelp.\n");
  await using server = await startServerProcess({
    data,
    env: {
      ...settings,
      PUBLIC_URL: ACCOUNT.publicUrl,
      OPENAI_API_KEY: "sk-malformed-0123456789",
      OPENAI_REALTIME_URL: model.url,
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      TWILIO_PHONE_NUMBER: ACCOUNT.number,
      TWILIO_API_URL: "http://127.0.0.1:9",
      WEB_CALLS_PER_KEY: "off",
      WEB_CALLS_PER_VISITOR: "off",
      MAX_CALL_USD: "off",
    },
  });
  const callers = await Promise.all(
    [1, 2].map((index) => placeCall(server.origin, ACCOUNT, index, said)),
  );
  let spoken = 0;
  const talking = setInterval(() => {
    model.speak();
    for (const caller of callers) caller.speak();
    spoken++;
  }, 20);
  try {
    await until(() => Math.min(heard.received, said.received), (frames) => frames > 0);
    const target = { ...ACCOUNT, origin: server.origin, keys: [apiKey], agent: "hostile" };
    const attack = async (one: attacks.Attack, times: number) => {
      for (let sent = 0; sent < times; sent++) assert.ok(await one(target, junk) > 0);
    };
    await Promise.all([
      attack(browser, 3),
      attack(mediaStream, 3),
      attack(strangeStream, 2),
      attack(frames, 4),
      attack(api, 30),
      attack(webhooks, 10),
    ]);
    assert.ok(hostile > 0);
    const calls = async () => (await (await server.get("/health")).json()).calls.live;
    await until(calls, (live) => live === 2);
    const before = said.received;
    await until(() => said.received, (frames) => frames > before + 100);
  } finally {
    clearInterval(talking);
  }
  await until(() => heard.received, (frames) => frames >= 2 * spoken);
  assert.deepEqual([heard.outOfOrder, said.outOfOrder], [0, 0]);
  const faults = server.lines.all.filter((line) =>
    /Uncaught|Unhandled|not handled|not be handled|Call failed|Request failed/.test(line)
  );
  assert.deepEqual(faults, []);
  await Promise.all(callers.map((caller) => caller.hangUp()));
  await model.close();
});
