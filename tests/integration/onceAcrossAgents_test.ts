import assert from "node:assert/strict";
import { askForHandoff, deskFile, desks } from "../support/servers/desks.ts";
import { callTool } from "../support/servers/callTool.ts";
import { heardSaying } from "../support/servers/phoneRig.ts";
import { startResumingRig } from "../support/servers/resumingRig.ts";
import { agentsOf } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

/** Counts what it is asked for, by path. */
function startService() {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    return new Response(`done at ${pathname}`);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function tool(name: string, url: string): string {
  return `  - { name: ${name}, description: Does it., url: "${url}", parameters: { properties: { what: {} } } }`;
}

const ARGUMENTS = { what: "a chair" };
const OTHER = { what: "a table" };

Deno.test("what one agent's tool did is no result of another agent's tool of the same name, also after a crash", async () => {
  await using service = startService();
  const files = {
    receptionist: deskFile(
      "Receptionist",
      `handoffs: { billing: { when: it is about an invoice, say: One moment. } }
http_tools:
${tool("order", `${service.url}/shop`)}
${tool("note", `${service.url}/note`)}`,
      "You are the receptionist.",
    ),
    billing: deskFile(
      "Billing",
      `http_tools:
${tool("order", `${service.url}/invoices`)}
${tool("note", `${service.url}/note`)}`,
      "You are the billing desk.",
    ),
  };
  await using two = await startResumingRig({
    model: { script: desks },
    overrides: { agentFiles: agentsOf(files) },
  });
  const { rig } = two;
  const talk = await rig.ring();
  assert.equal(await callTool(talk, "order", ARGUMENTS), "done at /shop");
  assert.equal(await callTool(talk, "note", ARGUMENTS), "done at /note");
  assert.equal(await callTool(talk, "order", OTHER), "done at /shop");
  await askForHandoff(talk, { to: "billing" });
  await heardSaying(rig, talk.callId, /^This is the billing\.$/);
  await talk.model.next("response.create");
  await until(() => talk.model.responding, (responding) => !responding);
  assert.equal(await callTool(talk, "order", OTHER), "done at /invoices");
  assert.match(await callTool(talk, "order", OTHER), /"repeated":true.*done at \/invoices/);

  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  // It is told of the six tools that ran before, and speaks.
  for (let told = 0; told < 6;) {
    const { item } = await model.next("conversation.item.create");
    if (item.type === "function_call_output") told++;
  }
  await model.next("response.create");
  await until(() => model.responding, (responding) => !responding);
  const resumed = { ...talk, model };
  assert.equal(await callTool(resumed, "order", ARGUMENTS), "done at /invoices");
  // The same endpoint is the same tool, whichever agent has it.
  assert.match(await callTool(resumed, "note", ARGUMENTS), /"repeated":true.*done at \/note/);
  assert.deepEqual(service.asked, ["/shop", "/note", "/shop", "/invoices", "/invoices"]);
  await hangUp(talk.phone);
});
