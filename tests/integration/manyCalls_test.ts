import assert from "node:assert/strict";
import { parrot, type PhoneRig, startPhoneRig } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const calls = 1000;
const atOnce = 25;

/** How a call may end; each of them must leave nothing behind. */
const lives = [hangsUpAfterGreeting, hangsUpWhileRinging, breaksOff, agentHangsUp] as const;

Deno.test("case 54: a thousand calls leave no session, socket, timer or entry behind", async () => {
  await using rig = await startPhoneRig({
    agent: "greeting: Hi.\ntools: [end_call]",
    env: {
      MAX_CALLS: "40",
      CALLER_DAILY_MINUTES: "off",
      DAILY_USD: "off",
      INBOUND_DAILY_USD: "off",
    },
    model: { speed: 50, deltaMs: 100, script: saysGoodbye },
    network: { line: { keepHeardMs: 0 } },
  });
  const { app } = rig.server;
  let begun = 0;
  async function live(): Promise<void> {
    while (begun < calls) await lives[begun++ % lives.length]!(rig);
  }
  await Promise.all(Array.from({ length: atOnce }, live));
  await rig.events.when((all) =>
    all.filter(({ event }) => event.type === "ended").length === calls
  );

  assert.equal(app.registry.size, 0);
  assert.equal(app.registry.refusal, undefined);
  assert.deepEqual(app.registry.list(), []);
  await Promise.all(rig.realtime.sessions.map(({ closed }) => closed));
  assert.equal(rig.realtime.sessions.length, 0);
  const { calls: left } = await (await rig.server.request("/health")).json();
  assert.equal(left.live, 0);
  const faults =
    /Call failed|Request failed|Event sink failed|Record refused|Model input could not/;
  assert.deepEqual(rig.server.logged.filter((line) => faults.test(line)), []);
});

async function hangsUpAfterGreeting({ server }: PhoneRig): Promise<void> {
  const phone = server.network.call();
  await phone.next("speaking");
  await hangUp(phone);
  assert.deepEqual(phone.errors, []);
}

async function hangsUpWhileRinging({ server }: PhoneRig): Promise<void> {
  const phone = server.network.call();
  await phone.next("requested");
  await hangUp(phone);
}

async function breaksOff({ server }: PhoneRig): Promise<void> {
  const phone = server.network.call();
  await phone.next("streamStarted");
  phone.breakConnection();
  await phone.next("streamStarted");
  await hangUp(phone);
}

async function agentHangsUp({ server }: PhoneRig): Promise<void> {
  const phone = server.network.call();
  await phone.next("quiet");
  server.app.registry.byCallSid(phone.sid)?.input({ type: "typed", text: "bye" });
  assert.equal((await phone.ended).reason, "the app ended it through the REST API");
  await phone.settled;
}

const saysGoodbye: typeof parrot = (turn) =>
  turn.cause.type === "text"
    ? { say: "Bye.", tools: [{ name: "end_call", arguments: "{}" }] }
    : parrot(turn);
