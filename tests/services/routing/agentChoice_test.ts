import assert from "node:assert/strict";
import { describeProblem } from "../../../src/config/agentProblem.ts";
import type { AgentSet } from "../../../src/config/agents.ts";
import { loadAgents } from "../../support/agents/loadAgents.ts";
import { chooseAgent, describeReach, e164Of } from "../../../src/services/routing/agentChoice.ts";

const SUNDAY = Date.parse("2026-12-06T12:00:00Z");
const MONDAY = Date.parse("2026-12-07T12:00:00Z");

/** Agents by the front matter of their files. */
function load(fields: Readonly<Record<string, string>>): Promise<AgentSet> {
  return loadAgents("agents", {
    list: () => Promise.resolve(Object.keys(fields).map((name) => `${name}.md`)),
    text: (path) => {
      const name = /([a-z]+)\.md$/.exec(path)?.[1] ?? "";
      return Promise.resolve(`---\ntitle: ${name}\n${fields[name]}\n---\nHello.`);
    },
  });
}

function choice(agents: AgentSet, request: Partial<Parameters<typeof chooseAgent>[2]>) {
  return chooseAgent(agents, "desk", { mindsHours: true, at: SUNDAY, ...request });
}

Deno.test("a call is for the agent that is named, else answers its number, else is the default", async () => {
  const agents = await load({ desk: "", shop: 'numbers: ["+14155550123", "+14155550124"]' });
  const chosen = (request: Parameters<typeof choice>[1]) => {
    const { agent, because } = choice(agents, request);
    return [agent, because];
  };
  assert.deepEqual(chosen({ called: "+14155550124" }), ["shop", "number"]);
  assert.deepEqual(chosen({ called: "sip:+14155550123@pbx.example.com;x=1" }), ["shop", "number"]);
  assert.deepEqual(chosen({ called: "+14155550125" }), ["desk", "default"]);
  assert.deepEqual(chosen({ called: "client:shop" }), ["desk", "default"]);
  assert.deepEqual(chosen({}), ["desk", "default"]);
  assert.deepEqual(chosen({ called: "+14155550124", named: "desk" }), ["desk", "named"]);
  assert.equal(e164Of("+1 (415) 555-0123"), "+14155550123");
  assert.equal(e164Of("4155550123"), undefined);
});

Deno.test("of two agents with one number the first keeps it, and the other's file has the problem", async () => {
  const agents = await load({
    desk: 'numbers: ["+14155550123"]',
    shop: 'numbers: ["+14155550124", "+14155550123"]',
  });
  assert.deepEqual(agents.names, ["desk"]);
  assert.deepEqual(agents.unusable.get("shop")?.problems, [
    {
      line: 3,
      path: "numbers.1",
      message: "+14155550123 is answered by desk already",
      sentence: {
        text: "{number} is answered by {agent} already",
        values: { number: "+14155550123", agent: "desk" },
      },
    },
  ]);
  assert.equal(choice(agents, { called: "+14155550123" }).agent, "desk");
  // Its callers get its apology, not another agent.
  assert.equal(choice(agents, { called: "+14155550124" }).agent, "shop");
});

Deno.test("outside its hours an agent sends a call to another, and two that send it to each other end at the second", async () => {
  const open = '{ open: { mon: "00:00-24:00" }, outside: ';
  const agents = await load({
    desk: `hours: ${open}{ agent: night } }`,
    night: `hours: ${open}{ agent: desk } }`,
    shop: `hours: ${open}{ voicemail: Speak. } }`,
    relay: `hours: ${open}{ agent: shop } }`,
    plain: 'hours: { open: { mon: "00:00-24:00" } }',
  });
  assert.deepEqual(choice(agents, {}), { agent: "night", because: "default", closed: ["desk"] });
  assert.deepEqual(choice(agents, { at: MONDAY }), {
    agent: "desk",
    because: "default",
    closed: [],
  });
  assert.deepEqual(choice(agents, { named: "relay" }), {
    agent: "shop",
    because: "named",
    closed: ["relay"],
    outside: { kind: "voicemail", text: "Speak." },
  });
  assert.deepEqual(choice(agents, { named: "plain" }).outside, { kind: "message" });
  assert.equal(choice(agents, { named: "shop", mindsHours: false }).outside, undefined);
  const [shop, relay] = [agents.get("shop"), agents.get("relay")];
  assert.ok(shop !== undefined && relay !== undefined);
  assert.deepEqual(describeReach(shop, SUNDAY), { numbers: [], openNow: false });
  assert.deepEqual(describeReach(relay, MONDAY), { numbers: [], openNow: true });
});

Deno.test("faults of numbers and hours are named with their place", async () => {
  const problemOf = async (fields: string): Promise<string> => {
    const agents = await load({ desk: "", shop: fields });
    const problems = agents.unusable.get("shop")?.problems ?? [];
    return problems.map((it) => describeProblem("shop.md", it)).join(" ");
  };
  const faults: readonly (readonly [string, RegExp])[] = [
    ["numbers: [+14155550123]", /numbers\.0: must be in quotes, such as "\+14155550123"/],
    ['numbers: ["0155550123"]', /numbers\.0: must be in E\.164 form/],
    ['numbers: ["+14155550123", "+14155550123"]', /numbers: has a number twice/],
    ["hours: { open: { monday: 9-5 } }", /hours\.open\.monday: is no day/],
    ["hours: { open: { mon: 9-5 } }", /hours\.open\.mon: must be times such as/],
    ['hours: { open: { mon: "09:00-25:00" } }', /hours\.open\.mon: must be times/],
    ['hours: { open: { mon: "09:00-09:00" } }', /00:00-24:00 for all day/],
    ['hours: { open: { mon: "09:00-12:00, 11:00-13:00" } }', /overlap/],
    ['hours: { open: { mon-fri: "09:00-12:00", tue: "09:00-10:00" } }', /tue is given twice/],
    ['hours: { open: {}, closed: ["2026-02-30"] }', /hours\.closed\.0: must be a day/],
    ['hours: { open: {}, closed: ["2026-12-26..2026-12-24"] }', /hours\.closed\.0: must be a day/],
    ["hours: { open: {}, outside: { agent: night } }", /must be one of desk\./],
    ["hours: { open: {}, outside: { agent: shop } }", /must be another agent/],
    ["hours: { open: {}, outside: { transfer: boss } }", /must be a name under transfers/],
    ["hours: { open: {}, outside: {} }", /hours\.outside: must be one of agent, message/],
    ["hours: { open: {}, outside: { agent: desk, message: x } }", /must be one of agent, message/],
    ["hours: { outside: { message: x } }", /hours\.open/],
  ];
  for (const [fields, problem] of faults) assert.match(await problemOf(fields), problem, fields);
});
