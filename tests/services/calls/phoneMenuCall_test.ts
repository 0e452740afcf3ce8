import assert from "node:assert/strict";
import type { CallRequest } from "../../../src/call/types.ts";
import { type Agent, readAgent } from "../../../src/config/agents.ts";
import { createAgentSetup } from "../../../src/services/calls/agentSetup.ts";
import { withPhoneMenu } from "../../../src/services/calls/phoneMenuCall.ts";
import { createAgentTools } from "../../../src/services/tools/agentTools.ts";
import { toolServices } from "../../support/toolServices.ts";

const MAX_HOLD_MS = 1_800_000;

Deno.test("a call into phone menus is answered by nobody but the call itself", () => {
  const { setup, policy } = describe("greeting: Hello, it is Robin.\nphone_menu: true");
  assert.deepEqual(setup.turnDetection, { kind: "server", silenceMs: 500, interrupts: false });
  assert.deepEqual([policy.modelResponds, policy.modelInterrupts], [false, false]);
  assert.deepEqual(policy.phoneMenu, {
    maxMenuMs: 300_000,
    maxHoldMs: MAX_HOLD_MS,
    maxRepeats: 3,
    keys: "network",
  });
  assert.match(setup.instructions, /^Help\.\n\n# The phone system/);
  assert.match(setup.instructions, /Begin with a person like this: "Hello, it is Robin\."/);
});

Deno.test("a goal is filled in for each call, and limits are the agent's own", () => {
  const { setup, policy } = describe(
    "phone_menu: { goal: 'Ask for invoice {{invoice}}.', keys: tones, max_hold_minutes: 5, max_menu_minutes: 2, max_repeats: 4 }",
  );
  assert.match(setup.instructions, /\nWhere you want to get to: Ask for invoice 12\.$/);
  assert.deepEqual(policy.phoneMenu, {
    maxMenuMs: 120_000,
    maxHoldMs: 300_000,
    maxRepeats: 4,
    keys: "tones",
  });
});

Deno.test("calls that come in, and those of other agents, are as ever", () => {
  for (const [file, direction] of [["phone_menu: true", "inbound"], ["", "outbound"]] as const) {
    const { setup, policy } = describe(file, { direction });
    assert.equal(policy.phoneMenu, undefined);
    assert.equal(policy.modelResponds, true);
    assert.equal(setup.instructions, "Help.");
  }
});

Deno.test("phone_menu brings its tools, of which one is of use in placed calls alone", () => {
  const tools = createAgentTools(read("phone_menu: true"), toolServices(), () => {});
  const names = (direction: CallRequest["direction"]) =>
    tools.declarationsFor(direction).map(({ name }) => name);
  assert.deepEqual(names("outbound"), ["send_dtmf", "wait_silently"]);
  assert.deepEqual(names("inbound"), ["send_dtmf"]);
});

Deno.test("what is wrong with phone_menu is told", () => {
  for (
    const wrong of [
      "yes please",
      "{ goal: '' }",
      "{ keys: sound }",
      "{ max_repeats: 1 }",
      "{ a: 1 }",
    ]
  ) {
    const result = readAgent("desk", `---\ntitle: Desk\nphone_menu: ${wrong}\n---\nHelp.`);
    assert.ok(!result.ok, wrong);
  }
  assert.equal(read("phone_menu: false").phone_menu, undefined);
});

function describe(file: string, changes: Partial<CallRequest> = {}) {
  const agent = read(file);
  const request: CallRequest = {
    direction: "outbound",
    agent: "desk",
    variables: { invoice: "12" },
    ...changes,
  };
  const described = createAgentSetup(agent, request, {
    model: "gpt-realtime-2.1",
    idleMs: 30_000,
    maxMs: 3_600_000,
    format: "pcmu",
    now: new Date("2026-03-04T13:30:00Z"),
  });
  const values = { invoice: request.variables?.invoice };
  return withPhoneMenu(agent, request, described, { values, maxHoldMs: MAX_HOLD_MS });
}

function read(file: string): Agent {
  const result = readAgent("desk", `---\ntitle: Desk\n${file}\n---\nHelp.`);
  assert.ok(result.ok, JSON.stringify(result));
  return result.agent;
}
