import assert from "node:assert/strict";
import { closeCodes } from "../../src/protocol/web.ts";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { openClient, type WebClient } from "../support/browser/webClient.ts";
import {
  agentSaid,
  askToResume,
  comeBack,
  confirm,
  linesOf,
} from "../support/browser/returningClient.ts";
import {
  follow,
  type Instance,
  instancesTest,
  readUntil,
  startTwoInstances,
} from "../support/servers/instances.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { apiKey, type ServedApp, startPhoneServer } from "../support/servers/phoneServer.ts";
import {
  makeDataFolder,
  type ServerProcess,
  startServerProcess,
} from "../support/servers/serverProcess.ts";
import {
  endedRecord,
  get,
  onlyAgent,
  startBeside,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("a browser comes back to its call");
const answers: Script = ({ cause }) => ({ say: cause.type === "text" ? "So be it." : "Good day." });
const overrides = {
  agentFiles: onlyAgent("greeting: Good day."),
  engine: { voice: "tone", speed: 20, script: answers },
} as const;

test("a browser goes on with its call after the server was killed and started again", async () => {
  await using data = await makeDataFolder();
  const env = await data.agent("greeting: Good day.");
  const first = await startServerProcess({ data, env });
  const { client, callId, resumeToken } = await conversation(first);
  // What was shown a moment ago is committed.
  await until(
    async () => (await (await first.get(`/api/calls/${callId}`)).json()).turns ?? [],
    (turns) => turns.filter(({ final }: { final: boolean }) => final).length >= 3,
  );
  first.signal("SIGKILL");
  await client.closed;
  await first[Symbol.asyncDispose]();

  await using second = await startServerProcess({ data, env });
  const again = await comeBack(second, resumeToken);
  const ready = await again.get("ready");
  assert.equal(ready.callId, callId);
  assert.equal(ready.resumed, true);
  // The lines so far are there, and the agent goes on by itself.
  await agentSaid(again, 3);
  const shown = linesOf(again);
  assert.deepEqual(shown.slice(0, 3), linesOf(client).slice(0, 3));
  again.send({ type: "text", text: "What time is it?" });
  await agentSaid(again, 4);
  await again.close();
  const record = await until(
    async () => await (await second.get(`/api/calls/${callId}`)).json(),
    ({ status }) => status === "ended",
  );
  assert.equal(record.end.reason, "caller_hung_up");
  assert.equal(record.turns.length, linesOf(again).length);
  const { calls } = await (await second.get("/api/calls")).json();
  assert.equal(calls.length, 1);
  assert.deepEqual(await problemOf(await askToResume(second, resumeToken)), [
    401,
    "call_taken_over",
  ]);
  assert.deepEqual(
    await problemOf(await askToResume(second, ready.resumeToken ?? "")),
    [410, "call_ended"],
  );
});

test("a browser is told that its server stops, and goes on with the next one", async () => {
  await using data = await makeDataFolder();
  const env = await data.agent("greeting: Good day.");
  await using first = await startServerProcess({ data, env });
  const { client, callId, resumeToken } = await conversation(first);
  first.signal("SIGTERM");
  await client.get("reconnect");
  assert.equal((await client.closed).code, 1012);
  assert.equal(await first.ended(), 0);

  await using second = await startServerProcess({ data, env });
  const again = await comeBack(second, resumeToken);
  const ready = await again.get("ready");
  assert.deepEqual([ready.callId, ready.resumed], [callId, true]);
  await agentSaid(again, 3);
  assert.deepEqual(linesOf(again).slice(0, 3), linesOf(client).slice(0, 3));
  assert.equal(linesOf(again).filter(({ text }) => text === "Good day.").length, 1);
  await again.close();
  const record = await until(
    async () => await (await second.get(`/api/calls/${callId}`)).json(),
    ({ status }) => status === "ended",
  );
  assert.equal(record.end.reason, "caller_hung_up");
  const { calls } = await (await second.get("/api/calls")).json();
  assert.equal(calls.length, 1);
});

test("a browser whose requests reach another process on the same file goes on there", async () => {
  await using database = await temporaryDatabase();
  await using first = await startPhoneServer({ env: database.env, overrides });
  await using second = await startBeside(first, database.env, overrides);
  await goesOnElsewhere(first, second);
});

instancesTest("a call that goes on in another instance ends nowhere but there", async () => {
  await using pair = await startTwoInstances({ overrides });
  const { client, callId, resumeToken } = await begin(pair.first);
  const followed = await follow(pair.first, `/api/calls/${callId}/events`);
  const again = await comeBack(pair.second, resumeToken);
  assert.equal((await client.closed).code, closeCodes.replaced);
  await agentSaid(again, 2);
  for (const instance of [pair.first, pair.second]) {
    assert.deepEqual(await problemOf(await askToResume(instance, resumeToken)), [
      401,
      "call_taken_over",
    ]);
  }
  await again.close();
  const names = (await readUntil(followed, "ended")).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => ["handedOver", "resumed", "ended"].includes(name)),
    ["handedOver", "resumed", "ended"],
  );
  await followed.close();
});

instancesTest("a browser whose requests reach another instance goes on there", async () => {
  await using pair = await startTwoInstances({ overrides });
  await goesOnElsewhere(pair.first, pair.second);
});

async function goesOnElsewhere(first: ServedApp, second: Instance): Promise<void> {
  const { client, callId, resumeToken } = await begin(first);
  client.close(4000);
  const again = await comeBack(second, resumeToken);
  assert.equal((await again.get("ready")).callId, callId);
  await agentSaid(again, 2);
  assert.ok(second.app.registry.get(callId) !== undefined);
  // The one that held the call has given it up, and does not end it.
  await until(() => first.app.registry.size, (size) => size === 0);
  again.send({ type: "text", text: "Still there?" });
  await agentSaid(again, 3);
  assert.equal((await get(second, `/api/calls/${callId}`)).status, "live");
  await again.close();
  const record = await endedRecord(second, callId);
  assert.equal(record.end.reason, "caller_hung_up");
}

interface BrowserCall {
  readonly client: WebClient;
  readonly callId: string;
  readonly resumeToken: string;
}

/** A call with a server that is a process: greeted, and answered once. */
async function conversation(server: ServerProcess): Promise<BrowserCall> {
  const call = await greeted(server, await server.post("/api/web/session"));
  call.client.send({ type: "text", text: "Please remember the green shoes." });
  await agentSaid(call.client, 2);
  return call;
}

async function begin(server: ServedApp): Promise<BrowserCall> {
  const session = server.request("/api/web/session", {
    method: "POST",
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  return await greeted(server, await session);
}

async function greeted(server: { readonly origin: string }, session: Response) {
  const client = openClient(server, (await session.json()).token);
  const resumeToken = await confirm(client);
  await agentSaid(client, 1);
  const { callId } = await client.get("ready");
  return { client, callId, resumeToken };
}
