import assert from "node:assert/strict";
import { temporaryDatabase } from "../support/twilio/dialling.ts";
import {
  apiKey,
  serveApp,
  startSimulatedTwilio,
  type TestServer,
} from "../support/servers/phoneServer.ts";
import { heardSaying, startPhoneRig } from "../support/servers/phoneRig.ts";
import { startTestApp, twiml } from "../support/twilio/phoneTestApp.ts";
import { until } from "../support/until.ts";

const greeting = "greeting: Good day.";
const admin = { API_KEYS: `ops:${apiKey};scopes=admin` };
const toSales =
  `${greeting}\ntransfers: { sales: { number: '+14155550199' } }\nfallback: { transfer: sales }`;

/** How often calls that were ended here came out so. */
async function endsOf(
  server: { request(path: string, init?: RequestInit): Promise<Response> },
  result: string,
): Promise<number> {
  const headers = { "X-API-Key": apiKey };
  const metrics = await (await server.request("/metrics", { headers })).text();
  const line = new RegExp(`^parley_phone_ends_total\\{result="${result}"\\} (\\d+)$`, "m");
  return Number(line.exec(metrics)?.[1]);
}

async function hangUpByApi(server: TestServer, callId: string): Promise<void> {
  const answer = await server.post(`/api/calls/${callId}/actions`, { type: "hangup" });
  assert.equal(answer.status, 202, await answer.text());
}

Deno.test("a phone call that goes on in spite of the request to end it is ended once more", async () => {
  await using rig = await startPhoneRig({ agent: greeting });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /Good day/);
  rig.server.api.failNextUpdate({ kind: "forgotten" });
  await hangUpByApi(rig.server, talk.callId);
  const end = await talk.phone.ended;
  assert.deepEqual(end, { status: "completed", reason: "the app ended it through the REST API" });
  assert.equal(rig.server.api.updates.length, 2);
  assert.equal(await endsOf(rig.server, "repeated"), 1);
  await until(() => endsOf(rig.server, "confirmed"), (count) => count === 1);
});

Deno.test("what belongs to a call is over soon after it: the model's socket, and the call at Twilio", async () => {
  await using rig = await startPhoneRig({ agent: greeting });
  const now = () => performance.now();
  const modelMs: number[] = [];
  const phoneMs: number[] = [];
  // The best of some: a busy machine is late at times, a timer that has to pass first always.
  for (const by of ["caller", "server", "caller", "server"] as const) {
    const { phone, model, callId } = await rig.ring();
    await heardSaying(rig, callId, /Good day/);
    const confirmed = await endsOf(rig.server, "confirmed");
    const modelClosed = model.closed.then(now);
    const legClosed = phone.next("streamClosed").then(now);
    const endedAt = now();
    if (by === "caller") phone.hangUp();
    else {
      await hangUpByApi(rig.server, callId);
      await until(() => endsOf(rig.server, "confirmed"), (count) => count > confirmed);
      phoneMs.push(now() - endedAt);
    }
    modelMs.push(await modelClosed - (by === "caller" ? endedAt : await legClosed));
    await phone.settled;
  }
  assert.ok(Math.min(...modelMs) < 500, `${modelMs}`);
  assert.ok(Math.min(...phoneMs) < 3000, `${phoneMs}`);
});

Deno.test("the end of a phone call is confirmed, also where Twilio's callbacks are lost", async () => {
  for (const dropRate of [0, 1]) {
    await using rig = await startPhoneRig({
      agent: greeting,
      network: { callbacks: { dropRate } },
    });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /Good day/);
    await hangUpByApi(rig.server, talk.callId);
    await talk.phone.ended;
    await until(() => endsOf(rig.server, "confirmed"), (count) => count === 1);
    assert.equal(rig.server.api.updates.length, 1);
    assert.equal(await endsOf(rig.server, "repeated"), 0);
  }
});

Deno.test("phone calls whose end Twilio was never told are found and ended, and no others", async () => {
  await using database = await temporaryDatabase();
  await using twilio = startSimulatedTwilio({
    // Behind its stream, a call waits for as long as a test lasts.
    line: { pauseMsPerSecond: 600_000, sayMsPerCharacter: 1 },
    numbers: { "+14155550199": { answer: "human", talkMs: 600_000 } },
  });
  const { network, api } = twilio;
  const agentFiles = {
    list: () => Promise.resolve(["receptionist.md"]),
    text: () => Promise.resolve(`---\ntitle: Desk\n${toSales}\n---\nHelp.`),
  };
  const other = startTestApp();
  other.answers["/twilio/voice"] = () => twiml("<Say>Hello</Say><Pause length='600'/>");
  network.connectTo(other.url);
  const foreign = network.call();
  await foreign.next("said");
  const first = await serveApp(api.url, { ...database.env, ...admin }, { agentFiles });
  network.connectTo(first.origin);
  const [forgotten, transferred, failed] = [network.call(), network.call(), network.call()];
  try {
    await Promise.all([forgotten, transferred, failed].map((phone) => phone.next("streamStarted")));
    const session = (phone: typeof forgotten) => first.app.registry.byCallSid(phone.sid);
    session(transferred)?.input({ type: "transferAsked", alias: "sales" });
    session(failed)?.input({ type: "hangUp", end: { reason: "model_failed" } });
    await Promise.all([transferred, failed].map((phone) => phone.next("dialed")));
    api.failNextUpdate({ kind: "refused", code: 20003, message: "Authenticate" });
    session(forgotten)?.input({ type: "hangUp", end: { reason: "idle" } });
    await forgotten.next("streamClosed");
  } finally {
    await first[Symbol.asyncDispose]();
  }
  assert.equal(forgotten.status, "in-progress");
  let aheadMs = 0;
  await using second = await serveApp(api.url, { ...database.env, ...admin }, {
    agentFiles,
    dialling: { now: () => Date.now() + aheadMs },
  });
  // The calls in progress are asked for a minute after the start, and ended ones looked at after three.
  aheadMs = 10 * 60_000;
  network.connectTo(second.origin);
  aheadMs = 10 * 60_000;
  assert.equal((await forgotten.ended)?.reason, "the app ended it through the REST API");
  await until(() => endsOf(second, "found"), (count) => count === 1);
  assert.equal(transferred.status, "in-progress", "it is connected to the transfer's target");
  assert.equal(failed.status, "in-progress", "and so is one that went to its agent's fallback");
  assert.equal(foreign.status, "in-progress", "it is another application's");
  await network.close();
  await other.close();
});
