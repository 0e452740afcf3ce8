import assert from "node:assert/strict";
import { startChatServer } from "../../src/sim/chat/chatServer.ts";
import { startReceiver } from "../support/servers/analysisRig.ts";
import { heardSaying, parrot, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { callTool } from "../support/servers/callTool.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { openClient } from "../support/browser/webClient.ts";
import { endedRecord, onlyAgent } from "../support/twilio/dialling.ts";
import { detail, heard, liveCalls, ring, startProcessRig } from "../support/servers/processRig.ts";
import { makeDataFolder } from "../support/servers/serverProcess.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";

const test = concurrentTests("what is private of a call is redacted");

const CARD = "5555341244441115";
const PIN = "904713";
/** What must stand nowhere: the whole number, its halves, and the words of it. */
const TRACES = [
  CARD,
  "5555 3412",
  "5555341244",
  "44441115",
  "4444 1115",
  "four four four four",
  "sunflower-gate",
  PIN,
  "9 0 4 7 1 3",
];

test("a card number that is said, typed and repeated stands nowhere, and the tool gets it", async () => {
  let received = "";
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      received = await request.text();
      return new Response(JSON.stringify({ charged: CARD, order: "5512" }));
    },
  );
  const journals = await makeDataFolder();
  await using _journals = journals;
  const receiver = startReceiver();
  const chat = startChatServer();
  const said = [
    "My card is 5555 3412.",
    "and then four four four four, one one one five.",
    "My password is sunflower-gate.",
    "Thanks, that was order 5512.",
  ];
  await using rig = await startProcessRig({
    env: {
      JOURNAL_DIR: journals.path,
      JOURNAL_TEXTS: "true",
      LOG_LEVEL: "debug",
      WEBHOOK_URL: receiver.url,
      WEBHOOK_SECRET: `whsec_${new Uint8Array(32).toBase64()}`,
      ANALYSIS_MODEL: "gpt-5-mini",
      ANALYSIS_URL: chat.url,
    },
    agent: `greeting: Good day.
redaction: true
analysis: { summary: true }
tools: [take_message]
http_tools:
  - { name: pay, description: Pays., url: "http://127.0.0.1:${service.addr.port}/", method: POST, parameters: { type: object, properties: { card: { type: string } } } }`,
    model: {
      transcribe: () => said.shift() ?? "Fine.",
      script: (turn) => {
        if (turn.cause.type === "toolOutputs") return { say: `I have charged ${CARD}.` };
        if (turn.cause.type === "text" && turn.cause.text.includes(CARD)) {
          const message = `Pays with ${CARD}. PIN: ${PIN}`;
          return {
            tools: [
              { name: "pay", arguments: JSON.stringify({ card: CARD }) },
              { name: "take_message", arguments: JSON.stringify({ message }) },
            ],
          };
        }
        return parrot(turn);
      },
    },
  });
  const { server, data } = rig;
  const phone = await ring(rig);
  const [call] = await until(() => liveCalls(server), (calls) => calls.length === 1);
  const id = call?.id ?? "";
  const stream = await fetch(`${server.origin}/api/calls/${id}/events`, {
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  const told = stream.text().catch(() => "");
  for (let turn = 0; turn < 4; turn++) {
    await phone.speak(voiceOf(600));
    await heard(rig, phone);
  }
  const { turns } = await until(
    () => detail(server, id),
    ({ turns }) => turns.filter(({ role }: { role: string }) => role === "caller").length === 4,
  );
  const texts = turns.filter(({ role }: { role: string }) => role === "caller")
    .map(({ text }: { text: string }) => text);
  assert.deepEqual(texts, [
    "My card is [card number].",
    "and then [card number].",
    "My password is [password].",
    "Thanks, that was order 5512.",
  ]);
  await phone.sendDigits(`${CARD}#`);
  await heard(rig, phone);
  await hangUp(phone);
  assert.match(received, new RegExp(CARD), "the tool gets the true number");

  const analyzed = await receiver.inbox.find(({ type }) => type === "call.analyzed");
  assert.equal(analyzed.data.id, id);
  await receiver.inbox.find(({ type }) => type === "call.ended");
  const taken = await receiver.inbox.find(({ type }) => type === "message.taken");
  assert.equal(taken.data.text, "Pays with [card number]. PIN: [code]");
  const asked = JSON.stringify(await chat.nextRequest());
  const record = JSON.stringify(await detail(server, id));
  const files = async () => {
    const found: string[] = [];
    for await (const { name, isFile } of Deno.readDir(data.path)) {
      if (isFile) found.push(latin1(await Deno.readFile(`${data.path}/${name}`)));
    }
    return found.join("\n");
  };
  const live = await files();
  server.signal("SIGTERM");
  assert.equal(await server.ended(), 0);
  const places: Readonly<Record<string, string>> = {
    stream: await told,
    record,
    webhooks: JSON.stringify(receiver.inbox.all),
    analysis: asked,
    journal: await Deno.readTextFile(`${journals.path}/${id}.jsonl`),
    log: server.lines.all.join("\n"),
    "database while it runs": live,
    database: await files(),
  };
  await receiver.stop();
  await chat.close();
  for (const [place, content] of Object.entries(places)) {
    assert.ok(content.length > 200, `${place} has something`);
    for (const trace of TRACES) {
      assert.equal(content.includes(trace), false, `${trace} in ${place}`);
    }
  }
  for (const place of ["stream", "record", "analysis", "database"]) {
    assert.match(places[place] ?? "", /\[card number\]/, place);
  }
});

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

test("after kill -9 within a number the next process hides the rest, and the record has none of it", async () => {
  const said = ["My credit card is 5555 3412 4.", "4 4 4, one one one five, thanks."];
  await using rig = await startProcessRig({
    agent: "greeting: Good day.\nredaction: true",
    model: { transcribe: () => said.shift() ?? "Fine." },
  });
  const phone = await ring(rig);
  const [call] = await until(() => liveCalls(rig.server), (calls) => calls.length === 1);
  const id = call?.id ?? "";
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await until(
    () => detail(rig.server, id),
    (record) => lines(record).includes("My credit card is […]."),
  );
  rig.server.signal("SIGKILL");
  await rig.server.ended();
  await rig.start({ sameAddress: true });
  await phone.next("streamStarted");
  await phone.speak(voiceOf(600));
  const record = await until(
    () => detail(rig.server, id),
    (record) => lines(record).some((line) => line.endsWith("thanks.")),
  );
  assert.deepEqual(lines(record), ["My credit card is […].", "[card number], thanks."]);
  await hangUp(phone);
});

test("a text message goes out as it is, and nothing private of it, or of an opt-out, is kept", async () => {
  await using rig = await startPhoneRig({
    agent: "redaction: true\ntools: [send_sms, do_not_call]",
  });
  const talk = await rig.ring({ from: "+14155550123" });
  const text = `You paid with ${CARD}.`;
  assert.match(await callTool(talk, "send_sms", { text }), /"status":"sent"/);
  assert.equal((await rig.server.api.nextText()).body, text);
  const words = `Never call ${CARD} again`;
  assert.match(await callTool(talk, "do_not_call", { words }), /"status":"listed"/);
  await hangUp(talk.phone);
  for (const path of ["/api/sms", "/api/do-not-call/+14155550123", `/api/calls/${talk.callId}`]) {
    const answer = await rig.server.request(path, {
      headers: { Authorization: `Bearer ${apiKey}` },
    });
    const kept = await answer.text();
    assert.match(kept, /\[card number\]/, path);
    assert.equal(kept.includes(CARD), false, path);
  }
});

test("a person who is asked to take a caller is told nothing private, by the agent or of the caller's words", async () => {
  const person = "+14155550199";
  for (const brief of [`Paid with ${CARD} already.`, undefined]) {
    await using rig = await startPhoneRig({
      agent:
        `greeting: Good day.\nredaction: true\ntransfers: { sales: { number: "${person}", mode: warm } }`,
      model: {
        transcribe: () => `I paid with ${CARD} already.`,
        script: (turn) =>
          turn.cause.type === "speech"
            ? {
              tools: [{ name: "transfer_call", arguments: JSON.stringify({ to: "sales", brief }) }],
            }
            : parrot(turn),
      },
      network: { numbers: { [person]: { answer: "human", afterMs: 50, talkMs: 600_000 } } },
    });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);
    await talk.phone.speak(voiceOf(600));
    const asked = await rig.server.network.nextCall();
    const { text } = await asked.next("said");
    assert.match(text, /aid with \[card number\]/);
    assert.equal(text.includes(CARD), false);
    await hangUp(talk.phone);
  }
});

test("a caller reads their own words in the browser, and the record does not have them", async () => {
  await using server = await startPhoneServer({
    overrides: {
      agentFiles: onlyAgent("redaction: true"),
      engine: { voice: "tone", speed: 20, script: parrot },
    },
  });
  const { token } = await (await server.post("/api/web/session", undefined, apiKey)).json();
  const client = openClient(server, token);
  const { callId } = await client.get("ready");
  const text = `My card is ${CARD}.`;
  client.send({ type: "text", text });
  const own = await client.inbox.find((message) =>
    message.type === "transcript" && message.role === "caller"
  );
  assert.ok(own.type === "transcript");
  assert.equal(own.text, text);
  await client.inbox.find((message) =>
    message.type === "transcript" && message.role === "agent" && message.final
  );
  await client.close();
  const record = await endedRecord(server, callId);
  assert.deepEqual(lines(record), ["My card is [card number]."]);
  assert.equal(JSON.stringify(record).includes(CARD), false);
});

/** What the caller has said. */
function lines(
  { turns }: { readonly turns: readonly { readonly role: string; readonly text: string }[] },
): readonly string[] {
  return turns.flatMap(({ role, text }) => role === "caller" ? [text] : []);
}
