import assert from "node:assert/strict";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { agentsOf, initiate, onlyAgent } from "../support/twilio/dialling.ts";

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

Deno.test("a single call says which variables are missing in each text that its agent may come to say", async () => {
  const speaking = agentsOf({
    other: "---\ntitle: Other\n---\nHelp.",
    receptionist: `---
title: Desk
must_hear: { terms: "The terms of {{terms}} hold.", late: { text: "{{late}}", at: end } }
outbound: { hours: off, opt_out: { sentence: "Goodbye, {{leaver}}." } }
transfers:
  desk:
    number: "+14155550111"
    mode: warm
    sentence: "{{announced}}"
    unanswered: "{{unanswered}}"
    hold: { text: "{{held}} at {{date}}" }
handoffs: { other: { agent: other, when: asked, say: "{{handed}}" } }
tools: [{ name: get_current_time, say: "{{looking}}" }]
http_tools:
  - name: look_up
    description: Looks it up.
    url: https://api.example.com/x
    say: "{{fetched}}"
client_tools: [{ name: show, description: Shows it., say: "{{shown}}" }]
mcp_servers: [{ name: crm, url: https://mcp.example.com/x, tools: [{ name: find, say: "{{found}}" }] }]
sms: { texts: { link: "Dear {{reader}}" } }
---
Help.`,
  });
  await using server = await startPhoneServer({ overrides: { agentFiles: speaking } });
  const { success, missingVariables } = await (await initiate(server, { to })).json();
  assert.deepEqual([success, missingVariables], [true, [
    ...["leaver", "terms", "late", "announced", "unanswered", "held", "handed"],
    ...["looking", "fetched", "shown", "found", "reader"],
  ]]);
});
