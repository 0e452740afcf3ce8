import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { endedRecord, onlyAgent } from "../support/twilio/dialling.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { openClient, type WebClient } from "../support/browser/webClient.ts";

const STORY = Array.from({ length: 40 }, (_, i) => `This is sentence number ${i}.`).join(" ");
const tellStory: Script = () => ({ say: STORY });
const BYTES_PER_MS = 48;

Deno.test("case 190: a browser that stands still is given no more, and what it plays later is counted", async () => {
  await using server = await storyteller();
  const client = await openCall(server);
  const itemId = await startPlaying(client);
  const heardMs = await playUpTo(client, itemId, 1000);
  await client.inbox.find((message) =>
    message.type === "notice" && message.code === "playout_stalled"
  );
  const before = givenMs(client);
  assert.ok(before < heardMs + 7500, `${before} ms for ${heardMs} ms that were played`);
  client.send({ type: "played", itemId, ms: Math.floor(before) });
  await client.inbox.when(() => givenMs(client) > before + 1000);
  await client.close();
});

Deno.test("case 191: a browser that stood still when it went has heard what it had reported", async () => {
  await using server = await storyteller();
  const client = await openCall(server);
  const { callId } = await client.get("ready");
  const itemId = await startPlaying(client);
  const heardMs = await playUpTo(client, itemId, 2000);
  await client.inbox.find((message) =>
    message.type === "notice" && message.code === "playout_stalled"
  );
  await client.close();
  const record = await endedRecord(server, callId);
  const [line] = record.turns;
  assert.equal(line.interrupted, true);
  const share = line.text.length / STORY.length;
  const sentMs = givenMs(client);
  assert.ok(line.text.length > 0 && STORY.startsWith(line.text), line.text);
  assert.ok(share < 0.15, `${share} of the story for ${heardMs} ms, ${sentMs} ms were sent`);
});

function storyteller(): Promise<TestServer> {
  return startPhoneServer({
    overrides: {
      agentFiles: onlyAgent("greeting: Tell a story."),
      engine: { voice: "tone", speed: 20, script: tellStory },
    },
  });
}

async function openCall(server: TestServer): Promise<WebClient> {
  const { token } = await (await server.post("/api/web/session", undefined, apiKey)).json();
  return openClient(server, token);
}

async function startPlaying(client: WebClient): Promise<string> {
  return (await client.get("audio")).itemId;
}

/** Reports as a browser does, faster than it is spoken. */
async function playUpTo(client: WebClient, itemId: string, ms: number): Promise<number> {
  await client.inbox.when(() => givenMs(client) >= ms);
  for (let at = 100; at <= ms; at += 100) client.send({ type: "played", itemId, ms: at });
  return ms;
}

function givenMs(client: WebClient): number {
  return client.inbox.all.reduce(
    (sum, message) =>
      message.type === "audio" ? sum + message.payload.length * 0.75 / BYTES_PER_MS : sum,
    0,
  );
}
