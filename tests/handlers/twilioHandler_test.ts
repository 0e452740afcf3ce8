import assert from "node:assert/strict";
import { TwilioLeg } from "../../src/handlers/twilioLeg.ts";
import {
  type MediaClient,
  mediaMessage,
  startMediaServer,
  startMessage,
  streamSid,
} from "../support/servers/mediaServer.ts";
import { RecordingSession } from "../support/call/recordingSession.ts";

const connected = JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" });
const stop = JSON.stringify({ event: "stop", sequenceNumber: "9", streamSid, stop: {} });
/** Long enough for a busy machine to have sent what the test wants to be there before. */
const SOON_MS = 400;
const talking = { reason: "caller_hung_up" } as const;

/** A stream that has been started, and the call that its token is of. */
async function startStream(options?: Parameters<typeof startMediaServer>[1]) {
  const session = new RecordingSession();
  const server = startMediaServer({ right: session }, options);
  const twilio = await server.connect();
  twilio.send(startMessage());
  return { ...server, session, twilio };
}

Deno.test("case 1: media before start is ignored, and nothing is sent without a stream", async () => {
  const session = new RecordingSession();
  await using server = startMediaServer({ right: session });
  const twilio = await server.connect();
  twilio.send(connected);
  twilio.send(mediaMessage());
  twilio.send(startMessage());
  twilio.send(mediaMessage({ payload: "AAAA" }));
  await session.until(() => session.frames.length > 0);
  assert.deepEqual(session.frames, ["AAAA"]);
  assert.deepEqual(twilio.received, []);
});

Deno.test("what a caller says and presses is kept while the call is fetched from another process", async () => {
  const session = new RecordingSession();
  const { promise, resolve } = Promise.withResolvers<void>();
  await using server = startMediaServer({ right: session }, { claimedAfter: promise });
  const twilio = await server.connect();
  twilio.send(startMessage());
  for (const payload of ["AAAA", "BBBB"]) twilio.send(mediaMessage({ payload }));
  twilio.send(JSON.stringify({ event: "dtmf", streamSid, dtmf: { digit: "7" } }));
  twilio.send("x".repeat(5000));
  await server.handled(5);
  resolve();
  twilio.send(mediaMessage({ payload: "CCCC" }));
  await session.until(() => session.frames.length === 3);
  assert.deepEqual(session.frames, ["AAAA", "BBBB", "CCCC"]);
  assert.deepEqual(session.inputs, [{ type: "digit", digit: "7" }]);
});

Deno.test("a stream that stops while its call is fetched ends the call", async () => {
  const session = new RecordingSession();
  const { promise, resolve } = Promise.withResolvers<void>();
  await using server = startMediaServer({ right: session }, { claimedAfter: promise });
  const twilio = await server.connect();
  twilio.send(startMessage());
  twilio.send(mediaMessage());
  twilio.send(stop);
  await server.handled(3);
  resolve();
  await session.until(() => session.inputs.length > 0);
  assert.deepEqual(session.inputs, [{ type: "left", end: { reason: "caller_hung_up" } }]);
  assert.equal(session.frames.length, 1);
});

Deno.test("case 2: a socket without start is closed and no call is claimed", async () => {
  const session = new RecordingSession();
  await using server = startMediaServer({ right: session }, { limits: { startMs: SOON_MS } });
  const twilio = await server.connect();
  twilio.send(connected);
  assert.equal((await twilio.closed).code, 1008);
  assert.equal(session.hasLeg, false);
  assert.deepEqual(session.inputs, []);
});

Deno.test("a stream that is there before the end of the one before takes its place", async () => {
  const session = new RecordingSession();
  await using server = startMediaServer({ right: session, next: session });
  const first = await server.connect();
  first.send(startMessage());
  await session.until(() => session.hasLeg);
  const second = await server.connect();
  second.send(startMessage({ token: "next" }));
  assert.equal((await first.closed).code, 1000);
  second.send(mediaMessage({ payload: "AAAA" }));
  await session.until(() => session.frames.length > 0);
  assert.deepEqual(session.inputs, [], "the call is neither left nor lost");
});

Deno.test("case 4: a wrong, used or foreign token closes 1008 and leaves the first stream alone", async () => {
  const session = new RecordingSession();
  await using server = startMediaServer({ right: session });
  const first = await server.connect();
  first.send(startMessage());
  await session.until(() => session.hasLeg);
  for (
    const start of [
      startMessage(),
      startMessage({ token: "wrong" }),
      startMessage({ token: "" }),
      startMessage({ sid: `CA${"1".repeat(32)}` }),
    ]
  ) {
    const second = await server.connect();
    second.send(start);
    assert.equal((await second.closed).code, 1008);
  }
  first.send(mediaMessage());
  await session.until(() => session.frames.length === 1);
  assert.deepEqual(session.inputs, []);
});

Deno.test("case 4: a call that cannot be joined any more closes the socket", async () => {
  const session = new RecordingSession();
  session.refusesLegs = true;
  await using server = startMediaServer({ right: session });
  const twilio = await server.connect();
  twilio.send(startMessage());
  assert.equal((await twilio.closed).code, 1008);
  assert.deepEqual(session.inputs, []);
});

Deno.test("case 5: a second start on one socket is ignored", async () => {
  const session = new RecordingSession();
  const other = new RecordingSession();
  await using server = startMediaServer({ right: session, other });
  const twilio = await server.connect();
  twilio.send(startMessage());
  twilio.send(startMessage({ token: "other" }));
  twilio.send(mediaMessage());
  await session.until(() => session.frames.length === 1);
  assert.equal(other.hasLeg, false);
});

Deno.test("case 6: another encoding or rate is refused before it becomes noise", async () => {
  const session = new RecordingSession();
  await using server = startMediaServer({ right: session });
  for (const wrong of [{ encoding: "audio/l16" }, { sampleRate: 16_000 }]) {
    const twilio = await server.connect();
    twilio.send(startMessage(wrong));
    const { code, reason } = await twilio.closed;
    assert.deepEqual([code, reason], [1003, "media_format_not_supported"]);
  }
  assert.equal(session.hasLeg, false);
});

Deno.test("case 12: what makes no sense is counted and the call goes on", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  const nonsense = [
    mediaMessage({ payload: "" }),
    mediaMessage({ payload: "not base64" }),
    mediaMessage({ payload: "abc" }),
    mediaMessage({ payload: 7 }),
    mediaMessage({ track: "outbound" }),
    JSON.stringify({ event: "media" }),
    JSON.stringify({ event: "media", media: [] }),
    JSON.stringify({ event: "dtmf", dtmf: { digit: "12" } }),
    JSON.stringify({ event: "dtmf", dtmf: { digit: { toString: 1 } } }),
    JSON.stringify({ event: "mark", mark: {} }),
    JSON.stringify({ event: "start", start: { mediaFormat: { encoding: { toString: 1 } } } }),
    JSON.stringify({ event: "news" }),
    JSON.stringify({ __proto__: null, event: { toString: 1 } }),
    "{",
    "",
    "null",
    "[]",
    '"media"',
  ];
  for (const message of nonsense) twilio.send(message);
  twilio.send(new Uint8Array([1, 2, 3]));
  twilio.send(mediaMessage({ payload: "/w==" }));
  twilio.send(stop);
  await session.until(() => session.inputs.length > 0);
  assert.deepEqual(session.frames, ["/w=="]);
  assert.deepEqual(session.inputs, [{ type: "left", end: talking }]);
  const [ended] = stream.logged.filter(({ message }) => message === "Media stream ended");
  const { ignored } = ended?.fields as { ignored: Record<string, number> };
  const count = Object.values(ignored).reduce((sum, each) => sum + each, 0);
  assert.equal(count, nonsense.length + 1);
});

Deno.test("case 12: a message of 5 MB closes its socket with 1009", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  twilio.send(mediaMessage({ payload: "A".repeat(5_000_000) }));
  assert.equal((await twilio.closed).code, 1009);
  assert.deepEqual(session.frames, []);
});

Deno.test("case 13: chunks out of order, twice, with gaps or as numbers are heard as they come", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  const odd = [
    { chunk: "3", timestamp: "60", payload: "AAAA" },
    { chunk: "2", timestamp: "40", payload: "BBBB" },
    { chunk: "2", timestamp: "40", payload: "BBBB" },
    { chunk: "9", timestamp: "5180", payload: "CCCC" },
    { chunk: 10, timestamp: 5200, payload: "DDDD" },
  ];
  for (const media of odd) twilio.send(mediaMessage(media));
  await session.until(() => session.frames.length === odd.length);
  assert.deepEqual(session.frames, odd.map(({ payload }) => payload));
});

Deno.test("marks and keys reach the call", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  twilio.send(JSON.stringify({ event: "mark", streamSid, mark: { name: "g1.2" } }));
  for (const digit of ["5", "#", "d"]) {
    twilio.send(JSON.stringify({ event: "dtmf", dtmf: { track: "inbound_track", digit } }));
  }
  await session.until(() => session.inputs.length === 4);
  assert.deepEqual(session.inputs, [
    { type: "marked", mark: "g1.2" },
    { type: "digit", digit: "5" },
    { type: "digit", digit: "#" },
    { type: "digit", digit: "D" },
  ]);
});

Deno.test("case 17: after stop nothing is written to the stream", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  twilio.send(stop);
  await session.until(() => session.inputs.length === 1);
  session.leg.play({ itemId: "a", audio: "AAAA", durationMs: 1, mark: "m" });
  session.leg.clear();
  session.leg.mark("late");
  session.leg.close(talking);
  await twilio.closed;
  assert.deepEqual(twilio.received, []);
});

Deno.test("case 18: every frame has the fields Twilio allows and no others", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  await session.until(() => session.hasLeg);
  session.leg.play({ itemId: "a", audio: "/////w==", durationMs: 0.5, mark: "g1.1" });
  session.leg.play({ itemId: "a", audio: "AAAA", durationMs: 0.4 });
  session.leg.mark('probe "1"');
  session.leg.clear();
  session.leg.notify({ type: "notice", code: "filler" });
  session.leg.close(talking);
  assert.equal((await twilio.closed).code, 1000);
  assert.deepEqual(twilio.received, [
    { event: "media", streamSid, media: { payload: "/////w==" } },
    { event: "mark", streamSid, mark: { name: "g1.1" } },
    { event: "media", streamSid, media: { payload: "AAAA" } },
    { event: "mark", streamSid, mark: { name: 'probe "1"' } },
    { event: "clear", streamSid },
  ]);
});

/** A socket whose peer has stopped reading. */
class StuckSocket {
  readonly readyState = WebSocket.OPEN;
  bufferedAmount = 0;
  sent = 0;
  send(data: string): void {
    this.sent++;
    this.bufferedAmount += data.length;
  }
}

Deno.test("case 20: a peer that does not read costs bounded memory, and marks follow their audio", () => {
  const socket = new StuckSocket();
  const leg = new TwilioLeg(socket, streamSid, { onReplaced() {}, onEnd() {} });
  for (let frame = 0; frame < 100_000; frame++) {
    leg.play({ itemId: "a", audio: "A".repeat(216), durationMs: 20, mark: `m${frame}` });
  }
  assert.ok(socket.bufferedAmount < 600 * 1024, `${socket.bufferedAmount} bytes`);
  assert.equal(leg.stuck, true);
  assert.ok(leg.dropped > 90_000);
});

const endings: Readonly<Record<string, (twilio: MediaClient) => void>> = {
  "stop": (twilio) => twilio.send(stop),
  "stop twice": (twilio) => {
    twilio.send(stop);
    twilio.send(stop);
  },
  "stop and close": (twilio) => {
    twilio.send(stop);
    twilio.close();
  },
};

for (const [name, end] of Object.entries(endings)) {
  Deno.test(`case 49: ${name} ends the caller's side once`, async () => {
    await using stream = await startStream();
    const { session, twilio } = stream;
    end(twilio);
    await twilio.closed;
    await session.until(() => session.inputs.length > 0);
    assert.deepEqual(session.inputs, [{ type: "left", end: talking }]);
  });
}

Deno.test("case 49: a close without stop loses the leg once, as another stream may follow", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  await session.until(() => session.hasLeg);
  twilio.close();
  await session.until(() => session.inputs.length > 0);
  assert.deepEqual(session.inputs, [{ type: "lost" }]);
});

Deno.test("case 49: a stop without start leaves the socket to its time limit", async () => {
  await using server = startMediaServer({}, { limits: { startMs: SOON_MS } });
  const twilio = await server.connect();
  twilio.send(stop);
  assert.equal((await twilio.closed).code, 1008);
});

Deno.test("case 49: a socket that opens after its time is closed all the same", async () => {
  const over = Promise.withResolvers<void>();
  await using server = startMediaServer({}, {
    limits: { startMs: 1 },
    onEnded: over.resolve,
    opensAfter: over.promise,
  });
  const twilio = await server.connect();
  assert.equal((await twilio.closed).code, 1008);
});

Deno.test("a stream that stops while keys are played is lost, not left", async () => {
  await using stream = await startStream({ isAway: () => true });
  const { session, twilio } = stream;
  twilio.send(stop);
  await session.until(() => session.inputs.length > 0);
  assert.deepEqual(session.inputs, [{ type: "lost" }]);
});

Deno.test("the end of the agent's own call into a conference is not the end of the caller's", async () => {
  await using stream = await startStream();
  const { session, twilio } = stream;
  await session.until(() => session.hasLeg);
  session.callSid = `CA${"1".repeat(32)}`;
  twilio.send(stop);
  await session.until(() => session.inputs.length > 0);
  assert.deepEqual(session.inputs, [{ type: "lost" }]);
});

Deno.test("a media socket that falls silent is taken for lost", async () => {
  await using stream = await startStream({ limits: { silentMs: SOON_MS } });
  const { session, twilio } = stream;
  await session.until(() => session.inputs.length > 0);
  assert.deepEqual(session.inputs, [{ type: "lost" }]);
  assert.equal((await twilio.closed).code, 1011);
});
