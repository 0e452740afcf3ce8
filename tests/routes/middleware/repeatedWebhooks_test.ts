import assert from "node:assert/strict";
import { startMessage } from "../../support/servers/mediaServer.ts";
import { openRawSocket, type RawSocket } from "../../support/servers/rawSocket.ts";
import { startPhoneServer, type TestServer } from "../../support/servers/phoneServer.ts";
import {
  inboundSid,
  mediaSignature,
  twilioPost,
  twimlOf,
} from "../../support/twilio/twilioWebhook.ts";
import { handshake, sendLines } from "../../support/servers/byHand.ts";
import { until } from "../../support/until.ts";
import { hangUp } from "../../support/twilio/hangUp.ts";

Deno.test("case 118: a resume request that is replayed does not end the call that is under way", async () => {
  await using server = await startPhoneServer();
  const call = server.network.call();
  await call.next("streamStarted");
  const session = await until(
    () => server.app.registry.byCallSid(call.sid),
    (session) => session?.hasLeg === true,
  );
  const replay = (headers: Readonly<Record<string, string>>) =>
    twimlOf(twilioPost(server, "/twilio/resume", { CallSid: call.sid }, { headers }));
  const same = new Set<string>();
  for (let i = 0; i < 25; i++) same.add(await replay({ "I-Twilio-Idempotency-Token": "captured" }));
  assert.equal(same.size, 1);
  for (let i = 0; i < 25; i++) assert.match(await replay({}), /<Connect>/);
  assert.equal(server.app.registry.byCallSid(call.sid), session);
  await hangUp(call);
  assert.equal(server.app.registry.endOf(call.sid)?.end.reason, "caller_hung_up");
});

Deno.test("case 119: media sockets that were refused leave room though their peers never close", async () => {
  await using server = await startPhoneServer();
  await twimlOf(twilioPost(server, "/twilio/voice"));
  const peers: RawSocket[] = [];
  const refusedPeer = async () => {
    const peer = await openMedia(server);
    peers.push(peer);
    assert.match(peer.answer, /^HTTP\/1\.1 101 /);
    await peer.frame(startMessage({ token: "used-token", sid: inboundSid }));
    assert.equal(await peer.closeCode(), 1008);
  };
  try {
    for (let round = 0; round < 2; round++) {
      await Promise.all(Array.from({ length: 30 }, refusedPeer));
    }
    peers.push(await openMedia(server));
    assert.match(peers.at(-1)?.answer ?? "", /^HTTP\/1\.1 101 /);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
});

Deno.test("case 119: media sockets that say nothing are limited by address", async () => {
  await using server = await startPhoneServer();
  const peers: RawSocket[] = [];
  try {
    for (let i = 0; i < 50; i++) peers.push(await openMedia(server));
    assert.ok(peers.every(({ answer }) => answer.startsWith("HTTP/1.1 101 ")));
    const signature = `X-Twilio-Signature: ${mediaSignature()["X-Twilio-Signature"]}`;
    const refused = await sendLines(server.origin, "GET /media", [...handshake, signature]);
    assert.deepEqual([refused.status, refused.code], [429, "too_many_connections"]);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
  // Their connections are gone without a close frame, and the server notices in its own time.
  await until(async () => {
    using peer = await openMedia(server);
    return peer.answer;
  }, (answer) => answer.startsWith("HTTP/1.1 101 "));
});

function openMedia({ origin }: TestServer): Promise<RawSocket> {
  return openRawSocket(origin, "/media", mediaSignature());
}
