import assert from "node:assert/strict";
import { changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import { startPhoneRig } from "../support/servers/phoneRig.ts";
import { endedRecord } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { apiKey } from "../support/servers/phoneServer.ts";

const agent = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp.\n`;

Deno.test("an agent that is not there, one that never was usable, and a broken one are told apart by every address", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent(""),
    "desk.md": agent(
      "analysis: { summary: true }\ntools: [end_call]\nnumbers: ['+12025550100']",
    ),
    "sales.md": agent("greetng: Hello."),
  });
  await using rig = await startPhoneRig({ env: folder.env, overrides: folder.overrides });
  const { server } = rig;
  const talk = await rig.ring({ to: "+12025550100" });
  await hangUp(talk.phone);
  const { id } = await endedRecord(server, talk.callId);
  await changing(server.app.agents, () => folder.save("desk.md", agent("vioce: marin")));
  const ask = async (method: string, path: string, body?: object) => {
    const response = await server.request(path, {
      method,
      headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const { code, details } = await response.json();
    return { told: `${response.status} ${code ?? ""}`.trim(), details };
  };
  const addresses = [
    ["GET", "versions", undefined, ["200", "200"]],
    ["GET", "tools", undefined, ["200", "200"]],
    ["POST", "tools/end_call/try", {}, ["503 agent_unusable", "200"]],
    ["GET", "knowledge", undefined, ["503 agent_unusable", "200"]],
    ["POST", "knowledge/search", { query: "x" }, ["503 agent_unusable", "409 no_knowledge"]],
  ] as const;
  for (const [method, path, body, [unusable, broken]] of addresses) {
    const at = (name: string) => ask(method, `/api/agents/${name}/${path}`, body);
    assert.equal((await at("nobody")).told, "404 unknown_agent", path);
    const { told, details } = await at("sales");
    assert.equal(told, unusable, path);
    if (unusable.startsWith("503")) {
      assert.deepEqual(details, [{ path: "greetng", message: "is not known" }], path);
    }
    assert.equal((await at("desk")).told, broken, path);
  }
  const analyze = async () => (await ask("POST", `/api/calls/${id}/analyze`)).told;
  // The last good version has an analysis, for which no model is set here.
  assert.equal(await analyze(), "503 analysis_off");
  await changing(
    server.app.agents,
    () => folder.remove("desk.md"),
    ({ names }) => !names.includes("desk"),
  );
  assert.equal(await analyze(), "409 unknown_agent");
  await changing(
    server.app.agents,
    () => folder.save("desk.md", "nothing"),
    ({ unusable }) => unusable.has("desk"),
  );
  assert.equal(await analyze(), "503 agent_unusable");
  const initiate = (name: string) =>
    ask("POST", "/api/outbound/initiate", { to: "+14155550123", agent: name });
  assert.equal((await initiate("nobody")).told, "422 unknown_agent");
  assert.equal((await initiate("desk")).told, "503 agent_unusable");
});
