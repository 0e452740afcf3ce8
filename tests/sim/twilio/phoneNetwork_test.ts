import assert from "node:assert/strict";
import type { PhoneNetwork } from "../../../src/sim/twilio/phoneNetwork.ts";
import { phoneTest } from "../../support/twilio/phoneTest.ts";
import { account, connect, loud, type TestApp, twiml } from "../../support/twilio/phoneTestApp.ts";

/** A call whose stream has started, for an app that answers with a stream unless the test says otherwise. */
async function startStream(network: PhoneNetwork, app: TestApp) {
  app.answers["/twilio/voice"] ??= () => connect();
  const call = network.call();
  const stream = await app.stream();
  await stream.next("start");
  return { call, stream };
}

phoneTest(
  "network.call() posts a signed webhook and opens the signed stream of the TwiML",
  { statusPath: "/twilio/status" },
  async (network, app) => {
    app.answers["/twilio/voice"] = () => connect();
    const call = network.call({ from: "+12025550199" });
    const webhook = await app.post("/twilio/voice");
    assert.equal(webhook.signed, true);
    const { CallSid, From, To, Direction, CallStatus, AccountSid } = webhook.form;
    assert.deepEqual([CallSid, From, To], [call.sid, "+12025550199", account.number]);
    assert.deepEqual([Direction, CallStatus, AccountSid], [
      "inbound",
      "ringing",
      account.accountSid,
    ]);
    const stream = await app.stream();
    assert.deepEqual(await stream.any(), {
      event: "connected",
      protocol: "Call",
      version: "1.0.0",
    });
    const start = await stream.any();
    const { streamSid } = stream;
    assert.match(streamSid, /^MZ[0-9a-f]{32}$/);
    assert.deepEqual(start, {
      event: "start",
      sequenceNumber: "1",
      streamSid,
      start: {
        accountSid: account.accountSid,
        streamSid,
        callSid: call.sid,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: { token: "t1" },
      },
    });
    const { media, sequenceNumber } = await stream.any();
    assert.equal(sequenceNumber, "2");
    const payload = new Uint8Array(160).fill(0xff).toBase64();
    assert.deepEqual(media, { track: "inbound", chunk: "1", timestamp: "20", payload });
    call.hangUp();
    const stop = await stream.next("stop");
    assert.deepEqual(stop["stop"], { accountSid: account.accountSid, callSid: call.sid });
    assert.equal(await stream.closed, 1000);
    assert.deepEqual(await call.ended, { status: "completed", reason: "the person hung up" });
    const { form, signed } = await app.post("/twilio/status");
    assert.equal(signed, true);
    assert.deepEqual([form["CallStatus"], form["SequenceNumber"]], ["completed", "0"]);
    assert.deepEqual(call.errors, []);
  },
);

phoneTest(
  "call.heard() is what was played, cut where a clear arrived",
  {},
  async (network, app) => {
    const { call, stream } = await startStream(network, app);
    stream.play(loud(100), "a");
    await call.next("speaking");
    assert.deepEqual((await stream.next("mark"))["mark"], { name: "a" });
    await call.next("quiet");
    stream.play(loud(60_000), "b");
    stream.play(loud(60_000), "c");
    await call.next("speaking");
    stream.send({ event: "clear" });
    assert.deepEqual((await stream.next("mark"))["mark"], { name: "b" });
    assert.deepEqual((await stream.next("mark"))["mark"], { name: "c" });
    const { report } = await call.next("clear");
    assert.deepEqual(call.clears, [report]);
    assert.deepEqual(report.segments.map(({ mark, ms }) => [mark, ms]), [
      ["a", 100],
      ["b", 60_000],
      ["c", 60_000],
    ]);
    const [a, b, c] = report.segments.map((segment) => segment.playedMs);
    assert.ok(a === 100 && b !== undefined && b < 60_000 && c === 0);
    const heardMs = call.heard().reduce((ms, piece) => ms + piece.audio.length / 8, 0);
    assert.ok(Math.abs(heardMs - (100 + b)) < 0.2, `${heardMs} heard of ${100 + b}`);
    const track = call.heardAudio();
    assert.equal(track.filter((byte) => byte === 0x10).length, Math.round(heardMs * 8));
    assert.equal(call.playedMs, report.playedMs);
  },
);

phoneTest(
  "call.errors holds what Twilio's schema refuses, and the call goes on",
  {},
  async (network, app) => {
    const { call, stream } = await startStream(network, app);
    const { streamSid } = stream;
    const payload = loud(20).toBase64();
    stream.socket.send(new Uint8Array(160));
    stream.socket.send("hello");
    stream.socket.send("null");
    stream.send({ event: "media", media: { payload, track: "outbound" } });
    stream.send({ event: "media", media: { payload }, sequenceNumber: "1" });
    stream.send({ event: "media", media: { payload: "not base64!" } });
    stream.send({ event: "media", media: { payload: btoa("RIFF....WAVE") } });
    stream.send({ event: "mark" });
    stream.send({ event: "mark", mark: {} });
    stream.send({ event: "clear", now: true });
    stream.send({ event: "dtmf", dtmf: { digit: "1" } });
    stream.socket.send(JSON.stringify({ event: "clear", streamSid: "MZother" }));
    stream.socket.send(JSON.stringify({ event: "clear" }));
    stream.send({ event: "mark", mark: { name: "still here" } });
    assert.deepEqual((await stream.next("mark"))["mark"], { name: "still here" });
    const codes = call.errors.map((error) => error.code);
    assert.deepEqual(codes, [31950, 31951, 31951, 31951, 31951, 31950, ...Array(7).fill(31951)]);
    assert.equal(streamSid, stream.streamSid);
  },
);

phoneTest("call.speak() and call.sendDigits() reach the app in order", {}, async (network, app) => {
  const { call, stream } = await startStream(network, app);
  const spoken = new Uint8Array(400).map((_, index) => index % 251);
  await call.speak(spoken);
  await call.sendDigits("1#");
  const frames: Uint8Array[] = [];
  for (let heard = false; frames.length < (heard ? 3 : 1000);) {
    const { media } = await stream.next("media");
    assert.ok(typeof media === "object" && media !== null && "payload" in media);
    const frame = Uint8Array.fromBase64(String(media.payload));
    heard ||= frame[1] !== 0xff;
    if (heard) frames.push(frame);
    if (frames.length === 3) break;
  }
  const joined = new Uint8Array(frames.flatMap((frame) => [...frame]));
  assert.deepEqual(joined.subarray(0, 400), spoken);
  assert.ok(joined.subarray(400).every((byte) => byte === 0xff));
  assert.deepEqual((await stream.next("dtmf"))["dtmf"], { track: "inbound_track", digit: "1" });
  assert.deepEqual((await stream.next("dtmf"))["dtmf"], { track: "inbound_track", digit: "#" });
});

phoneTest("network.call() keeps the order of frames on a late and uneven network", {
  line: {
    toApp: { delayMs: 80, jitterMs: 60 },
    fromApp: { delayMs: 50, jitterMs: 50, stall: { everyMs: 300, ms: 200 } },
    startupDelayMs: (random) => random() * 200,
  },
}, async (network, app) => {
  const { call, stream } = await startStream(network, app);
  for (let i = 0; i < 40; i++) stream.play(loud(20), `m${i}`);
  for (let i = 0; i < 40; i++) {
    assert.deepEqual((await stream.next("mark"))["mark"], { name: `m${i}` });
  }
  for (let i = 1; i < 40; i++) {
    const { media } = await stream.next("media");
    assert.ok(typeof media === "object" && media !== null && "chunk" in media);
    assert.equal(media.chunk, String(i));
  }
  stream.socket.close();
  assert.deepEqual(await call.ended, { status: "completed", reason: "the end of the TwiML" });
});

phoneTest(
  "network.call() goes on with the next verbs when the app closes the stream",
  { numbers: { "+12025550177": { answer: "busy" } } },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      connect(`<Say>One moment.</Say><Dial>+12025550177</Dial><Redirect>/twilio/more</Redirect>`);
    app.answers["/twilio/more"] = () =>
      twiml(`<Gather numDigits="2" action="/twilio/digits"><Say>Two digits</Say></Gather>`);
    app.answers["/twilio/digits"] = ({ Digits }) =>
      twiml(`<Say>You typed ${Digits}</Say><Hangup/>`);
    const { call, stream } = await startStream(network, app);
    stream.socket.close(1000);
    const { end } = await call.next("streamClosed");
    assert.equal(end.by, "app");
    assert.equal((await call.next("said")).text, "One moment.");
    const { targets, outcome } = await call.next("dialed");
    assert.deepEqual([targets, outcome], [["+12025550177"], "busy"]);
    assert.equal((await call.next("said")).text, "Two digits");
    await call.sendDigits("42");
    assert.equal((await call.next("gathered")).digits, "42");
    assert.equal((await call.next("said")).text, "You typed 42");
    assert.deepEqual(await call.ended, { status: "completed", reason: "<Hangup>" });
    assert.deepEqual(call.errors, []);
  },
);

phoneTest(
  "network.call() asks the action of <Connect> for more, and tells the stream's callback",
  {},
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(
        `<Connect action="/twilio/after"><Stream url="wss://parley.example/media" ` +
          `statusCallback="https://parley.example/twilio/stream"/></Connect><Say>Never</Say>`,
      );
    app.answers["/twilio/after"] = () => twiml(`<Dial action="/twilio/done">+12025550133</Dial>`);
    app.answers["/twilio/done"] = ({ DialCallStatus }) => twiml(`<Say>${DialCallStatus}</Say>`);
    const { call, stream } = await startStream(network, app);
    assert.equal((await app.post("/twilio/stream")).form["StreamEvent"], "stream-started");
    stream.socket.close(1000);
    // Whether the close reaches the phone before its frames reach the app is a race.
    const { form } = await app.post("/twilio/stream");
    assert.match(form["StreamEvent"] ?? "", /^stream-(stopped|error)$/);
    assert.equal((await call.next("said")).text, "completed");
    assert.equal((await call.ended).reason, "the end of the TwiML");
    await assert.rejects(call.next("gathered"), /the call has ended/);
  },
);

for (
  const [what, code, answer] of [
    ["an error status", 11200, () => new Response("no", { status: 503 })],
    ["a wrong content type", 12300, () => new Response("<Response/>")],
    ["more than 64 kB", 11750, () => twiml(" ".repeat(66_000))],
    ["broken XML", 12100, () => twiml("<Say>a & b</Say>")],
  ] as const
) {
  phoneTest(
    `network.call() takes the fallback when the webhook answers ${what}`,
    { fallbackPath: "/twilio/fallback" },
    async (network, app) => {
      app.answers["/twilio/voice"] = answer;
      app.answers["/twilio/fallback"] = () => twiml("<Say>Sorry</Say>");
      const call = network.call();
      const fallback = await app.post("/twilio/fallback");
      assert.equal(fallback.form["ErrorUrl"], "https://parley.example/twilio/voice");
      assert.equal(fallback.form["ErrorCode"], String(code));
      assert.equal((await call.next("said")).text, "Sorry");
      assert.deepEqual(call.errors.map((error) => error.code), [code]);
    },
  );
}

phoneTest(
  "network.call() fails when the webhook does and there is no fallback",
  {},
  async (network, app) => {
    app.answers["/twilio/voice"] = () => new Response("no", { status: 500 });
    const { status, reason } = await network.call().ended;
    assert.deepEqual([status, reason], ["failed", "error 11200 from the webhook"]);
    await network.close();
    assert.throws(() => network.call(), /the phone network is closed/);
  },
);

phoneTest(
  "network.call() records what keeps a stream from opening, and goes on",
  {},
  async (network, app) => {
    const urls = {
      "wss://parley.example/media?token=1": 31920,
      "ws://parley.example/media": 31923,
      "wss://elsewhere.example/media": 31902,
      "wss://parley.example:8443/media": 31902,
      "media": 31923,
    };
    for (const [url, code] of Object.entries(urls)) {
      app.answers["/twilio/voice"] = () =>
        twiml(`<Connect><Stream url="${url}"/></Connect><Say>Sorry</Say>`);
      const call = network.call();
      if (url.endsWith("nothing")) (await app.stream()).socket.close();
      else assert.equal((await call.next("error")).error.code, code, url);
      assert.equal((await call.next("said")).text, "Sorry");
    }
  },
);

phoneTest("network.call() is refused the stream when its token is not the app's", {
  account: { ...account, authToken: "another" },
}, async (network, app) => {
  app.answers["/twilio/voice"] = () => connect("<Say>Sorry</Say>");
  const call = network.call();
  assert.equal((await app.post("/twilio/voice")).signed, false);
  const { error } = await call.next("error");
  assert.deepEqual([error.code, error.message], [
    31920,
    "The app answered the stream's handshake with 403",
  ]);
  assert.equal((await call.next("said")).text, "Sorry");
});

phoneTest("network.call() ends unanswered when the app rejects it", {}, async (network, app) => {
  app.answers["/twilio/voice"] = () => twiml(`<Reject reason="busy"/>`);
  const call = network.call();
  assert.equal((await call.ended).status, "busy");
  await assert.rejects(call.next("answered"), /the call has ended/);
});

phoneTest(
  "call.breakConnection() ends the stream without a stop, and the call goes on",
  {},
  async (network, app) => {
    app.answers["/twilio/voice"] = () => connect("<Say>Still here</Say>");
    const { call, stream } = await startStream(network, app);
    call.breakConnection();
    await stream.closed;
    assert.equal((await call.next("said")).text, "Still here");
    assert.equal((await call.next("streamClosed")).end.by, "twilio");
    for (let message = await stream.any(); message.event === "media";) {
      message = await Promise.race([stream.any(), Promise.resolve({ event: "none" })]);
      assert.notEqual(message.event, "stop");
    }
  },
);

phoneTest(
  "network.call() queues ten minutes of audio and warns once about more",
  {},
  async (network, app) => {
    const { call, stream } = await startStream(network, app);
    for (let minute = 0; minute < 13; minute++) stream.play(loud(60_000));
    stream.send({ event: "clear" });
    const { report } = await call.next("clear");
    assert.ok(report.playedMs + report.droppedMs >= 600_000);
    assert.ok(report.playedMs + report.droppedMs < 720_000);
    assert.deepEqual(call.errors.map((error) => error.code), [31931]);
  },
);
