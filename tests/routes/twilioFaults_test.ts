import assert from "node:assert/strict";
import { get, initiate, initiateDialled, statusOf } from "../support/twilio/dialling.ts";
import { apiKey, serveApp, startPhoneServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";

/** A Twilio API that refuses calls with a code as long as there is one. */
function refusing() {
  let code: number | undefined;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    if (code === undefined) {
      return Response.json({ sid: `CA${"4".repeat(32)}`, status: "queued" }, { status: 201 });
    }
    return Response.json({
      code,
      message: `The number +14155550123 (4155550123) is refused.`,
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status: 401,
    }, { status: 401 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    refuseWith: (next: number | undefined) => void (code = next),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("case 125: what Twilio refuses is logged, counted and stands as an incident until it works", async () => {
  for (const code of [20003, 20005, 21210, 10004]) {
    await using twilio = refusing();
    await using server = await serveApp(twilio.url, {
      DATABASE_URL: "sqlite::memory:",
      API_KEYS: `ops:${apiKey};scopes=admin+metrics`,
    });
    const incidents = async () => {
      const { incidents } = await get(server, "/health");
      return incidents.filter(({ code }: { code: string }) => code === "phone_network_refuses");
    };
    twilio.refuseWith(code);
    assert.ok(await statusOf(initiate(server)) >= 400);
    const [incident] = await incidents();
    assert.equal(incident?.subject, String(code));
    const line = server.logged.find((line) => line.includes("Twilio refused a request"));
    assert.match(line ?? "", new RegExp(`"twilioCode":${code}`));
    assert.match(line ?? "", /"moreInfo":"https:\/\/www\.twilio\.com\/docs\/errors\//);
    assert.doesNotMatch(server.logged.join("\n") + JSON.stringify(incident), /4155550123/);
    const metrics = await (await server.request("/metrics", {
      headers: { "X-API-Key": apiKey },
    })).text();
    assert.match(metrics, new RegExp(`parley_twilio_errors_total\\{code="${code}"\\} 1\n`));
    twilio.refuseWith(undefined);
    await initiateDialled(server, { to: "+14155550124" });
    assert.deepEqual(await incidents(), []);
  }
});

Deno.test("case 125: errors that callbacks carry are logged and counted", async () => {
  await using server = await startPhoneServer();
  const callbacks = [
    ["/twilio/status", { CallStatus: "failed", ErrorCode: "13224", SipResponseCode: "404" }],
    ["/twilio/stream", { StreamEvent: "stream-error", StreamErrorCode: "31921", StreamError: "x" }],
    ["/twilio/status", { CallStatus: "failed", ErrorCode: "13224<script>" }],
  ] as const;
  for (const [path, fields] of callbacks) {
    const form = { CallSid: `CA${"9".repeat(32)}`, ...fields };
    assert.equal(await statusOf(callBack(server, path, form)), 204);
  }
  const reported = server.logged.filter((line) => line.includes("Twilio reported an error"));
  assert.deepEqual(reported.map((line) => JSON.parse(line).twilioCode), [13224, 31921]);
});

Deno.test("of an error that a callback carries the log has the code and no more than words", async () => {
  await using server = await startPhoneServer();
  const quoted = [
    "+12025550188",
    "(202) 555-0188",
    "202 555 0188",
    "sip:alice@pbx.example.com",
    "token=abc",
    "4111111111111111",
    "https://alice.example/path",
  ];
  const CallSid = `CA${"9".repeat(32)}`;
  for (const what of quoted) {
    const ErrorMessage = `Dial: invalid number ${what} of alice`;
    const form = { CallSid, CallStatus: "failed", ErrorCode: "13224", ErrorMessage };
    assert.equal(await statusOf(callBack(server, "/twilio/status", form)), 204);
  }
  const reported = server.logged.filter((line) => line.includes("Twilio reported an error"));
  for (const line of reported) {
    const { twilioCode, reason, moreInfo } = JSON.parse(line);
    assert.deepEqual([twilioCode, reason], [13224, "Dial: invalid number …"]);
    assert.equal(moreInfo, "https://www.twilio.com/docs/errors/13224");
  }
  assert.equal(reported.length, quoted.length);
});

Deno.test("case 126: calls are placed from the own number and those of OUTBOUND_FROM only", async () => {
  const other = "+14155550101";
  await using server = await startPhoneServer({ env: { OUTBOUND_FROM: other } });
  const stranger = { to: "+14155550123", from: "+14155550102" };
  assert.deepEqual(await problemOf(await initiate(server, stranger)), [403, "from_not_allowed"]);
  const batch = await server.post("/api/outbound/batch", {
    calls: [{ to: "+14155550123" }],
    from: stranger.from,
  });
  assert.deepEqual(await problemOf(batch), [403, "from_not_allowed"]);
  const own = await initiate(server, { to: "+14155550123", from: "+14155550100" });
  assert.equal(own.status, 200, await own.text());
});

Deno.test("case 127: numbers and words that make no sense are ignored", async () => {
  await using server = await startPhoneServer();
  const { callId, callSid } = await initiateDialled(server);
  for (const CallDuration of ["-1", "NaN", "1e9", "99999999999", "1.5", "", "0x10", " 5"]) {
    const fields = { CallSid: callSid ?? "", CallStatus: "ringing", CallDuration };
    const answer = callBack(server, `/twilio/status?call=${callId}`, fields);
    assert.equal(await statusOf(answer), 204, CallDuration);
  }
  for (const AnsweredBy of ["", "MACHINE_START", "machine_end_", "__proto__", "x".repeat(5000)]) {
    const fields = { CallSid: callSid ?? "", AnsweredBy };
    const answer = callBack(server, `/twilio/amd?call=${callId}`, fields);
    assert.equal(await statusOf(answer), 204, AnsweredBy.slice(0, 20));
  }
  const state = await get(server, `/api/outbound/${callId}`);
  assert.deepEqual([state.durationSeconds, state.answeredBy], [undefined, undefined]);
});
