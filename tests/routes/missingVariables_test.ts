import assert from "node:assert/strict";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { initiate, onlyAgent } from "../support/twilio/dialling.ts";

const path = "/api/outbound/batches";
const to = "+14155550120";

/** Uses a variable in each text, and some that the server knows by itself. */
const agentFiles = onlyAgent([
  "greeting: Hello, a short reminder for {{name}}, {{called}}.",
  "voicemail: Please call us about {{topic}}, on {{date}}.",
  "outbound: { hours: off, disclosure: 'A computer of {{company}} calls.' }",
].join("\n"));

async function sendTable(server: TestServer, lines: readonly string[], {
  to = path,
  options = {},
  requestKey,
}: {
  readonly requestKey?: string;
  readonly to?: string;
  readonly options?: Readonly<Record<string, unknown>>;
} = {}) {
  const answer = await server.request(
    `${to}?options=${encodeURIComponent(JSON.stringify(options))}`,
    {
      method: "POST",
      headers: {
        ...{ "X-API-Key": apiKey, "Content-Type": "text/csv" },
        ...(requestKey !== undefined && { "Idempotency-Key": requestKey }),
      },
      body: lines.join("\n"),
    },
  );
  assert.ok(answer.ok, String(answer.status));
  return await answer.json();
}

Deno.test("a batch says which variables of its agent nothing gives a value", async () => {
  await using server = await startPhoneServer({ overrides: { agentFiles } });
  const lines = ["phone,Name,TOPIC", `${to},Ann,your visit`, "+14155550121,,your visit"];
  const previewed = await sendTable(server, lines, { to: `${path}/preview` });
  assert.deepEqual(previewed.missingVariables, ["company", "name"]);
  assert.deepEqual(
    previewed.calls.map((call: Record<string, unknown>) => call["missingVariables"]),
    [["company"], ["name", "company"]],
  );
  const options = { variables: { company: "Acme", name: "friend" }, paused: true };
  const whole = await sendTable(server, lines, { to: `${path}/preview`, options });
  assert.equal(whole.missingVariables, undefined);
  const created = await sendTable(server, lines, { options: { paused: true } });
  assert.deepEqual([created.accepted, created.missingVariables], [2, ["company", "name"]]);
});

Deno.test("a batch that is sent again under its key tells of the same variables", async () => {
  await using server = await startPhoneServer({ overrides: { agentFiles } });
  const send = () =>
    sendTable(server, ["phone", to], { options: { paused: true }, requestKey: "june" });
  const first = await send();
  assert.deepEqual(first.missingVariables, ["company", "name", "topic"]);
  assert.deepEqual(await send(), first);
});

Deno.test("a single call says which variables its request leaves out", async () => {
  await using server = await startPhoneServer({ overrides: { agentFiles } });
  const bare = await (await initiate(server, { to })).json();
  assert.deepEqual([bare.success, bare.missingVariables], [true, ["name", "topic", "company"]]);
  const variables = { NAME: "Ann", topic: "your visit", company: "Acme" };
  const full = await (await initiate(server, { to: "+14155550121", variables })).json();
  assert.deepEqual([full.success, full.missingVariables], [true, undefined]);
});
