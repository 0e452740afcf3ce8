import assert from "node:assert/strict";
import {
  createPhoneNetwork,
  type PhoneNetwork,
  type PhoneNetworkOptions,
  startTwilioApi,
  type TwilioApi,
} from "../../../../src/sim/twilio/phoneNetwork.ts";
import type { TwilioApiOptions } from "../../../../src/sim/twilio/api/twilioApi.ts";
import {
  account,
  connect,
  startTestApp,
  type TestApp,
  twiml,
} from "../../../support/twilio/phoneTestApp.ts";

interface Setup {
  readonly network: PhoneNetwork;
  readonly app: TestApp;
  readonly api: TwilioApi;
  /** Sends a request with good credentials; the form makes it a POST. */
  ask(path: string, form?: Readonly<Record<string, string>>): Promise<Answer>;
  create(form?: Readonly<Record<string, string>>): Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const callee = "+12025550155";
const url = "https://parley.example/answer";
const callbacks = {
  StatusCallback: "https://parley.example/status",
  StatusCallbackEvent: "initiated ringing answered completed",
};

function apiTest(
  name: string,
  options: Partial<PhoneNetworkOptions> & TwilioApiOptions,
  body: (setup: Setup) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const app = startTestApp();
    const network = createPhoneNetwork({ account, baseUrl: app.url, speed: 100, ...options });
    const api = startTwilioApi(network, options);
    const ask: Setup["ask"] = async (path, form) => {
      const authorization = `Basic ${btoa(`${account.accountSid}:${account.authToken}`)}`;
      const init = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
      const target = `${api.url}/2010-04-01/Accounts/${account.accountSid}/${path}`;
      const response = await fetch(target, { ...init, headers: { authorization } });
      return { status: response.status, body: await response.json() };
    };
    const create: Setup["create"] = (form) =>
      ask("Calls.json", { To: callee, From: account.number, Url: url, ...form });
    try {
      await body({ network, app, api, ask, create });
    } finally {
      await api.close();
      await network.close();
      await app.close();
    }
  });
}

apiTest(
  "startTwilioApi() places a call that rings, is answered and runs the same stream",
  {},
  async ({ app, network, create, ask }) => {
    app.answers["/answer"] = () => connect();
    const { status, body } = await create(callbacks);
    assert.equal(status, 201);
    assert.deepEqual([body["status"], body["direction"], body["to"], body["queue_time"]], [
      "queued",
      "outbound-api",
      callee,
      "0",
    ]);
    const call = await network.nextCall();
    assert.equal(call.sid, body["sid"]);
    const stream = await app.stream();
    await stream.next("start");
    const webhook = await app.post("/answer");
    assert.deepEqual([webhook.signed, webhook.form["CallStatus"], webhook.form["Direction"]], [
      true,
      "in-progress",
      "outbound-api",
    ]);
    const path = `Calls/${call.sid}.json`;
    assert.equal((await ask(path)).body["status"], "in-progress");
    assert.equal((await ask(path, { Status: "completed" })).status, 200);
    await stream.next("stop");
    await call.settled;
    const told = app.posts.filter((post) => post.path === "/status");
    assert.deepEqual(told.map(({ form }) => [form["SequenceNumber"], form["CallStatus"]]), [
      ["0", "initiated"],
      ["1", "ringing"],
      ["2", "in-progress"],
      ["3", "completed"],
    ]);
    assert.ok(told.every((post) => post.signed));
    assert.match(told[3]?.form["CallDuration"] ?? "", /^\d+$/);
    assert.equal((await ask(path)).body["status"], "completed");
    const again = await ask(path, { Status: "completed" });
    assert.deepEqual([again.status, again.body["code"]], [404, 20404]);
    const late = await ask(path, { Twiml: "<Response/>" });
    assert.deepEqual([late.status, late.body["code"]], [400, 21220]);
  },
);

apiTest("startTwilioApi() refuses a create with Twilio's codes", {
  numbers: { "+12025550166": { answer: "human", errorCode: 21215 } },
}, async ({ create, ask, api, network }) => {
  const refusals = [
    [{ To: "" }, 400, 21201],
    [{ To: "5550100" }, 400, 21211],
    [{ To: "+1202555010x" }, 400, 21211],
    [{ To: "+12025550166" }, 400, 21215],
    [{ From: "" }, 400, 21213],
    [{ From: "me" }, 400, 21212],
    [{ From: "+12025550111" }, 400, 21210],
    [{ Url: "" }, 400, 21205],
    [{ Url: "ftp://parley.example/" }, 400, 21205],
    [{ Url: "", Twiml: "x".repeat(4_001) }, 400, 21205],
    [{ MachineDetection: "Enable", AsyncAmd: "true" }, 400, 21262],
    [{ SendDigits: "12a" }, 400, 13221],
  ] as const;
  for (const [form, status, code] of refusals) {
    const answer = await create(form);
    assert.deepEqual([answer.status, answer.body["code"]], [status, code], JSON.stringify(form));
  }
  const unknown = await ask(`Calls/CA${"0".repeat(32)}.json`);
  assert.deepEqual([unknown.status, unknown.body["code"]], [404, 20404]);
  const target = `${api.url}/2010-04-01/Accounts/${account.accountSid}/Calls.json`;
  for (const authorization of ["", `Basic ${btoa(`${account.accountSid}:wrong`)}`]) {
    const response = await fetch(target, { method: "POST", headers: { authorization } });
    assert.deepEqual([response.status, (await response.json()).code], [401, 20003]);
  }
  assert.deepEqual(network.calls, []);
});

for (
  const [answer, status] of [
    ["busy", "busy"],
    ["no-answer", "no-answer"],
    ["failed", "failed"],
  ] as const
) {
  apiTest(`startTwilioApi() reports a number that is ${answer}`, {
    numbers: { [callee]: { answer } },
    speed: 400,
  }, async ({ app, create, network }) => {
    await create({ ...callbacks, StatusCallbackEvent: "completed" });
    const call = await network.nextCall();
    assert.equal((await call.ended).status, status);
    await call.settled;
    const told = app.posts.map(({ form }) => [form["CallStatus"], form["SequenceNumber"]]);
    assert.deepEqual(told, [[status, "0"]]);
  });
}

apiTest("a person who hangs up what still rings has not answered", {
  numbers: { [callee]: { answer: "no-answer" } },
}, async ({ create, network }) => {
  await create();
  const call = await network.nextCall();
  call.hangUp();
  assert.equal((await call.ended).status, "no-answer");
  await call.settled;
});

apiTest(
  "startTwilioApi() puts new TwiML in place of a running stream",
  {},
  async ({ app, create, network, ask }) => {
    app.answers["/answer"] = () => connect("<Say>Never</Say>");
    await create();
    const call = await network.nextCall();
    const stream = await app.stream();
    await stream.next("start");
    const update = await ask(`Calls/${call.sid}.json`, {
      Twiml: "<Response><Dial>+12025550133</Dial></Response>",
    });
    assert.equal(update.status, 200);
    await stream.next("stop");
    assert.equal(await stream.closed, 1000);
    assert.deepEqual((await call.next("dialed")).targets, ["+12025550133"]);
    assert.equal((await call.ended).reason, "the end of the TwiML");
    await assert.rejects(call.next("said"));
  },
);

apiTest(
  "startTwilioApi() queues what comes faster than calls may start",
  { callsPerSecond: 0.01 },
  async ({ create, network, ask }) => {
    await create();
    const { body } = await create(callbacks);
    const wait = Number(body["queue_time"]);
    assert.ok(wait > 0 && wait <= 100_000, `queue_time ${wait}`);
    await network.nextCall();
    const second = await network.nextCall();
    assert.equal(second.sid, body["sid"]);
    const listed = await ask(`Calls.json?To=${encodeURIComponent(callee)}&PageSize=1`);
    assert.ok(Array.isArray(listed.body["calls"]) && listed.body["calls"].length === 1);
  },
);

apiTest("startTwilioApi() says nothing about a call that is cancelled in the queue", {
  callsPerSecond: 0.001,
}, async ({ app, create, network, ask }) => {
  app.answers["/answer"] = () => connect();
  await create();
  const first = await network.nextCall();
  const { body } = await create(callbacks);
  const queued = await network.nextCall();
  const path = `Calls/${body["sid"]}.json`;
  const redirected = await ask(path, { Url: url });
  assert.deepEqual([redirected.status, redirected.body["code"]], [400, 21220]);
  assert.equal((await ask(path, { Status: "canceled" })).body["status"], "canceled");
  await queued.settled;
  await app.stream();
  assert.equal((await ask(`Calls/${first.sid}.json`, { Status: "canceled" })).body["code"], 21220);
  assert.deepEqual(app.posts.filter((post) => post.path === "/status"), []);
});

apiTest("startTwilioApi() fails the next create in the way it is told to", {
  maxConcurrentCalls: 1,
  visibleAfterMs: 1e9,
}, async ({ api, app, create, network, ask }) => {
  app.answers["/answer"] = () => connect();
  api.failNext({ kind: "rateLimited", retryAfterSeconds: 3 });
  const limited = await create();
  assert.deepEqual([limited.status, limited.body["code"]], [429, 20429]);
  api.failNext({ kind: "refused", code: 21216, message: "Not allowed" });
  assert.equal((await create()).body["code"], 21216);
  api.failNext({ kind: "silent", placed: true });
  const unanswered = new AbortController();
  const lost = fetch(`${api.url}/2010-04-01/Accounts/${account.accountSid}/Calls.json`, {
    method: "POST",
    body: new URLSearchParams({ To: callee, From: account.number, Url: url }),
    headers: { authorization: `Basic ${btoa(`${account.accountSid}:${account.authToken}`)}` },
    signal: unanswered.signal,
  });
  const call = await network.nextCall();
  unanswered.abort();
  await assert.rejects(lost, { name: "AbortError" });
  assert.equal((await ask(`Calls/${call.sid}.json`)).status, 404, "not visible yet");
  const full = await create();
  assert.deepEqual([full.status, full.body["code"]], [429, 10004]);
});

apiTest("startTwilioApi() tells of a machine beside the conversation, or before it", {
  numbers: { [callee]: { answer: "machine", detectMs: 500 } },
}, async ({ app, create, network }) => {
  app.answers["/answer"] = () => twiml("<Pause length='60'/>");
  await create({
    MachineDetection: "Enable",
    AsyncAmd: "true",
    AsyncAmdStatusCallback: "https://parley.example/amd",
  });
  const { form, signed } = await app.post("/amd");
  const call = await network.nextCall();
  assert.deepEqual([signed, form["AnsweredBy"], form["MachineDetectionDuration"]], [
    true,
    "machine_start",
    "500",
  ]);
  assert.equal(form["CallSid"], call.sid);
  assert.equal((await app.post("/answer")).form["AnsweredBy"], undefined);
  await create({ MachineDetection: "DetectMessageEnd" });
  await network.nextCall();
  assert.equal((await app.post("/answer")).form["AnsweredBy"], "machine_end_beep");
});

apiTest("startTwilioApi() ends a call at its time limit", {}, async ({ app, create, network }) => {
  app.answers["/answer"] = () => connect();
  await create({ TimeLimit: "2" });
  const call = await network.nextCall();
  assert.deepEqual(await call.ended, { status: "completed", reason: "the time limit" });
});

apiTest("startTwilioApi() can shuffle callbacks, and deliver them twice", {
  callbacks: { order: "shuffled", lateMs: 20_000, duplicateRate: 1 },
}, async ({ app, create, network }) => {
  await create(callbacks);
  const call = await network.nextCall();
  await call.settled;
  const numbers = app.posts.filter((post) => post.path === "/status")
    .map(({ form }) => form["SequenceNumber"]);
  assert.deepEqual(numbers.toSorted(), ["0", "0", "1", "1", "2", "2", "3", "3"]);
  assert.notDeepEqual(numbers, numbers.toSorted());
});

apiTest("startTwilioApi() can lose callbacks", { callbacks: { dropRate: 1 } }, async (setup) => {
  await setup.create(callbacks);
  const call = await setup.network.nextCall();
  await call.settled;
  assert.deepEqual(setup.app.posts.filter((post) => post.path === "/status"), []);
});
