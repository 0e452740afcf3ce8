import assert from "node:assert/strict";
import { makeDataFolder } from "../support/servers/serverProcess.ts";
import { until } from "../support/until.ts";
import { account, apiKey } from "../support/servers/phoneServer.ts";
import { modelKey, parrot, voiceOf } from "../support/servers/phoneRig.ts";
import { heard, liveCalls, ring, startProcessRig } from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

/** What is planted, each in a place where a careless log would show it. */
const planted = {
  caller: "2025550177",
  callee: "4155550148",
  refused: "4155550159",
  erased: "4155550166",
  said: "quokka-confession",
  answered: "marmalade-verdict",
  typed: "parsnip-remark",
  spoken: "turnip-announcement",
  context: "rhubarb-briefing",
  variable: "celery-variable",
  argument: "walnut-argument",
  output: "hazelnut-output",
  failure: "cashew-failure",
  unreadable: "almond-unreadable",
  serviceSecret: "pecan-service-secret",
  upstream: "fennel-upstream",
  digits: "73194682",
  wrongKey: "wrong-key-0123456789abcdef",
  cursor: "chicory-cursor",
} as const;

Deno.test("case 61: what the server prints and measures shows nobody's number, words, keys or secrets", async () => {
  await using service = serveTool();
  await using rig = await startProcessRig({
    env: { OUTBOUND_PER_MINUTE: "100" },
    agent: `greeting: "{{context}} ${planted.answered}."
tools: [send_dtmf, end_call]
transfers: { sales: { number: "+1${planted.erased}" } }
http_tools:
  - { name: look_up, description: Looks up., url: "${service.url}/found", headers: { X-Service-Key: ${planted.serviceSecret} }, parameters: { type: object, properties: { what: { type: string } } } }
  - { name: stumble, description: Fails., url: "${service.url}/failed", headers: { X-Service-Key: ${planted.serviceSecret} }, parameters: { type: object, properties: { what: { type: string } } } }`,
    model: { transcribe: () => planted.said, script: useTools },
  });
  const { server, network, api, realtime } = rig;
  const tokens: string[] = [];

  const phone = await ring(rig, `+1${planted.caller}`);
  const { body } = await phone.next("requested");
  tokens.push(/name="token" value="([^"]+)"/.exec(body)?.[1] ?? "none");
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  const [call] = await until(() => liveCalls(server), (calls) => calls.length === 1);
  const act = async (action: Readonly<Record<string, string>>) => {
    const answer = await server.post(`/api/calls/${call?.id}/actions`, action);
    assert.equal(answer.status, 202, await answer.text());
  };
  await act({ type: "say", text: planted.spoken });
  await heard(rig, phone);
  await act({ type: "text", text: planted.typed });
  await heard(rig, phone);
  await phone.sendDigits(`${planted.digits}#`);
  await heard(rig, phone);
  for (const session of realtime.sessions) {
    const message = `Bad key ${modelKey}: ${planted.upstream}`;
    session.emit({ type: "error", error: { type: "server_error", code: "odd", message } });
    session.fail("closeAfterHandshake");
  }
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await act({ type: "transfer", to: "sales" });
  await phone.next("dialed");
  await phone.ended;

  const dial = (to: string) =>
    server.post("/api/outbound/initiate", {
      to,
      context: planted.context,
      variables: { name: planted.variable },
    });
  await (await dial(`+1${planted.callee}`)).body?.cancel();
  const placed = await network.nextCall();
  await placed.next("speaking");
  await hangUp(placed);
  const message = `The phone number +1${planted.refused} of ${planted.context} is not valid`;
  api.failNext({ kind: "refused", code: 21211, message });
  for (const to of [`+1${planted.refused}`, `+1900${planted.refused.slice(3)}`, planted.refused]) {
    const answer = await dial(to);
    assert.equal(answer.ok, false, await answer.text());
  }

  const ask = (path: string, init: RequestInit = {}) => fetch(server.origin + path, init);
  const wrong = { Authorization: `Bearer ${planted.wrongKey}` };
  const { token } = await (await server.post("/api/web/session")).json();
  tokens.push(token);
  const answers = await Promise.all([
    ask("/api/calls", { headers: wrong }),
    ask(`/api/calls?cursor=${planted.cursor}&token=${planted.wrongKey}`),
    ask(`/web?token=${token}`),
    ask(`/twilio/voice?agent=${planted.wrongKey}`, {
      method: "POST",
      headers: { "X-Twilio-Signature": planted.wrongKey },
      body: new URLSearchParams({ From: `+1${planted.caller}`, SpeechResult: planted.said }),
    }),
    ask(`/api/callers/+1${planted.erased}`, { method: "DELETE", headers: bearer }),
    ask(`/api/do-not-call/+1${planted.erased}`, { method: "PUT", headers: bearer }),
    server.get(`/nowhere/+1${planted.erased}?key=${apiKey}`),
    server.post("/api/outbound/initiate", { to: { secret: planted.context } }),
    ask("/api/outbound/initiate", {
      method: "POST",
      headers: { ...bearer, "Content-Type": "application/json" },
      body: `{"to": ${planted.unreadable}`,
    }),
  ]);
  for (const answer of answers) await answer.body?.cancel();
  const metrics = await server.get("/metrics");
  const measured = await metrics.text();
  assert.equal(metrics.status, 200, measured);
  assert.match(measured, /^parley_/m);
  server.signal("SIGTERM");
  assert.equal(await server.ended(), 0);

  const printed = server.lines.all.join("\n").slice(server.screen.length);
  assert.match(printed, /Call started[^]*Call ended/);
  assert.match(printed, /Model connection lost/);
  assert.equal(service.asked, 2, "both tools were used");
  const secrets = [
    ...Object.values(planted),
    ...[account.authToken, account.number.slice(2), apiKey, modelKey, ...tokens],
  ];
  assert.deepEqual(secrets.filter((secret) => measured.includes(secret)), []);
  const shown = secrets.filter((secret) => printed.includes(secret));
  assert.deepEqual(
    shown,
    [],
    printed.split("\n").filter((line) => shown.some((it) => line.includes(it))).join("\n"),
  );
});

Deno.test("case 160: keys typed in confidence stand nowhere, though the model repeats them", async () => {
  const { digits } = planted;
  const spaced = [...digits].join(" ");
  let received = "";
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      received = await request.text();
      return new Response(`{"checked": "${digits}"}`);
    },
  );
  const journals = await makeDataFolder();
  await using _journals = journals;
  await using rig = await startProcessRig({
    env: { JOURNAL_DIR: journals.path, JOURNAL_TEXTS: "true" },
    agent: `greeting: Good day.
dtmf: { sensitive: true }
http_tools:
  - { name: check, description: Checks., url: "http://127.0.0.1:${service.addr.port}/", method: POST, parameters: { type: object, properties: { card: { type: string } } } }`,
    model: {
      script: (turn) => {
        if (turn.cause.type === "toolOutputs") return { say: `It is ${spaced}.` };
        return turn.cause.type === "text" && turn.cause.text.includes(digits)
          ? { tools: [{ name: "check", arguments: JSON.stringify({ card: digits }) }] }
          : parrot(turn);
      },
    },
  });
  const { server } = rig;
  const phone = await ring(rig);
  const [call] = await until(() => liveCalls(server), (calls) => calls.length === 1);
  const leaving = new AbortController();
  const stream = await fetch(`${server.origin}/api/calls/${call?.id}/events`, {
    headers: bearer,
    signal: leaving.signal,
  });
  await phone.sendDigits(`${digits}#`);
  await heard(rig, phone);
  await hangUp(phone);
  const told = await stream.text();
  assert.match(received, new RegExp(digits), "the tool gets what was typed");
  const record = await until(
    async () => await (await server.get(`/api/calls/${call?.id}`)).text(),
    (text) => JSON.parse(text).status === "ended",
  );
  server.signal("SIGTERM");
  assert.equal(await server.ended(), 0);
  const journal = await Deno.readTextFile(`${journals.path}/${call?.id}.jsonl`);
  assert.match(journal, /Good day/);
  for (const kept of [told, record, journal]) {
    assert.match(kept, /check/);
    assert.deepEqual([kept.includes(digits), kept.includes(spaced)], [false, false], kept);
  }
  assert.equal(/"digit":"[1-9]"/.test(journal), false);
});

const bearer = { Authorization: `Bearer ${apiKey}` };

/** Typed words make it use every tool, in ways that fail too. */
const useTools: typeof parrot = (turn) => {
  const what = JSON.stringify({ what: planted.argument });
  if (turn.cause.type === "toolOutputs") return { say: planted.answered };
  return turn.cause.type === "text" && turn.cause.text === planted.typed
    ? {
      tools: [
        { name: "look_up", arguments: what },
        { name: "stumble", arguments: what },
        { name: "look_up", arguments: `{"what": ${planted.unreadable}` },
        { name: "look_up", arguments: JSON.stringify({ what: [planted.argument] }) },
        { name: planted.argument, arguments: "{}" },
      ],
    }
    : turn.cause.type === "text"
    ? { say: "Thank you." }
    : parrot(turn);
};

/** The service behind the agent's tools. */
function serveTool() {
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked++;
    return request.url.endsWith("/found")
      ? new Response(planted.output)
      : new Response(planted.failure, { status: 500 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
