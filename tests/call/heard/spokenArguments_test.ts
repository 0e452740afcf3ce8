import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

const SLOT = "s_hwfb0hwe3o";

let calls = 0;

function callTool(call: CallDriver, name: string, args: object): string {
  const callId = `call_${name}_${++calls}`;
  const tool = { callId, name, arguments: JSON.stringify(args) };
  call.finish(call.begin(), "completed", { tools: [tool] });
  return callId;
}

function questionsOf(call: CallDriver): readonly string[] {
  return call.all("model").flatMap(({ request }) =>
    request.type === "respond" && request.request.purpose === "say"
      ? [request.request.instructions ?? ""]
      : []
  );
}

Deno.test("an id is asked for in the words that its result had for it, and those do not change", () => {
  const call = new CallDriver({
    toolPolicies: {
      book: { confirm: { question: "Shall I book {{slot}}, for {{name}}?", ids: ["slot"] } },
    },
    languages: ["en"],
  }).live();
  const results = [
    { slots: [{ slot: SLOT, spoken: "tomorrow at ten" }, { slot: "s_other123", spoken: "noon" }] },
    { slots: [{ slot: SLOT, spoken: "for nothing" }] },
  ];
  for (const [at, output] of results.entries()) {
    const callId = callTool(call, `find_${at}`, {});
    call.input({ type: "toolReturned", callId, output: JSON.stringify(output), ok: true });
  }
  callTool(call, "book", { slot: "2027-03-02T10:00:00", name: "Ada" });
  callTool(call, "book", { slot: "s_0000000000", name: "Ada" });
  assert.deepEqual(questionsOf(call), [], "of what nobody has offered nothing is asked");
  callTool(call, "book", { slot: SLOT, name: "Ada" });
  assert.ok(questionsOf(call).some((it) => it.includes("Shall I book tomorrow at ten, for Ada?")));
});

Deno.test("what a tool has read gives no other argument another name", () => {
  const call = new CallDriver({ toolPolicies: { pay: { confirm: {} } }, languages: ["en"] }).live();
  const output = JSON.stringify({ iban: "DE89370400440532013000", spoken: "your own savings" });
  const callId = callTool(call, "read_mail", {});
  call.input({ type: "toolReturned", callId, output, ok: true });
  callTool(call, "pay", { to: "DE89370400440532013000" });
  const [question = ""] = questionsOf(call);
  assert.ok(question.includes("pay, to: DE89370400440532013000"), question);
});
