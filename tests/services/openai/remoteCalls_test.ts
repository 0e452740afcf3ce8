import assert from "node:assert/strict";
import type { ToolServer } from "../../../src/call/modelSetup.ts";
import type { ModelInput } from "../../../src/call/realtimeClient.ts";
import { RemoteCalls } from "../../../src/services/openai/remoteCalls.ts";
import { isMcpEvent } from "../../../src/services/openai/wire/mcpEventTypes.ts";
import { readServerEvent } from "../../../src/services/openai/wire/serverEvents.ts";

const SHOP: ToolServer = {
  label: "shop",
  url: "https://mcp.example.com",
  headers: {},
  secrets: ["tk-0123456789"],
  tools: ["find", "cancel"],
  asks: ["cancel"],
};
const FIND = { id: "mcp_1", type: "mcp_call", server_label: "shop", name: "find" };
const CANCEL = { ...FIND, id: "mcp_2", name: "cancel" };
const REQUEST = { ...CANCEL, id: "mcpr_1", type: "mcp_approval_request", arguments: "{}" };
const ADDED = { type: "response.output_item.added", response_id: "r" };
const ITEM_DONE = { type: "conversation.item.done" };

Deno.test("a call begins when its arguments are known, and ends with its item", () => {
  const { tell, retrieved } = session();
  assert.deepEqual(names(tell({ ...ADDED, item: { ...FIND, arguments: "" } })), [
    "remoteToolPlanned",
    "responseProgress",
  ]);
  const args = { response_id: "r", item_id: "mcp_1", arguments: '{"a":1}' };
  const begun = tell({ type: "response.mcp_call_arguments.done", ...args });
  assert.deepEqual(begun.at(-1), {
    type: "remoteToolStarted",
    responseId: "r",
    call: { callId: "mcp_1", name: "find", arguments: '{"a":1}', by: "model" },
  });
  tell({ type: "response.mcp_call.in_progress", item_id: "mcp_1" });
  tell({ ...ADDED, type: "response.output_item.done", item: { ...FIND, arguments: '{"a":1}' } });
  assert.deepEqual(tell({ type: "response.mcp_call.completed", item_id: "mcp_1" }), []);
  assert.deepEqual(retrieved, ["mcp_1"], "the event has no output");
  const done = { ...FIND, arguments: '{"a":1}', output: "sent, by tk-0123456789" };
  assert.deepEqual(tell({ ...ITEM_DONE, item: done }), [
    { type: "remoteToolEnded", callId: "mcp_1", output: "sent, by ••••", ok: true },
  ]);
  const again = { type: "conversation.item.retrieved", item: done };
  assert.deepEqual(tell(again), [], "once");
});

Deno.test("a call without a result ends, whatever comes last", () => {
  const done = { ...FIND, arguments: "{}" };
  const ended = { type: "response.mcp_call.completed", item_id: "mcp_1" };
  const expected = { type: "remoteToolEnded", callId: "mcp_1", output: "", ok: true };
  const early = session();
  early.tell(ended);
  assert.deepEqual(early.tell({ ...ITEM_DONE, item: done }).at(-1), expected);
  const late = session();
  late.tell({ ...ITEM_DONE, item: done });
  late.tell(ended);
  assert.deepEqual(late.retrieved, ["mcp_1"]);
  const retrieved = { type: "conversation.item.retrieved", item: done };
  assert.deepEqual(late.tell(retrieved).at(-1), expected);
});

Deno.test("errors of all kinds are errors of the tool, in the form of all others", () => {
  for (
    const [error, expected] of [
      [{ type: "tool_execution_error", message: "no paper" }, /no paper.*"code":"tool_failed"/],
      [{ type: "http_error", code: 401, message: "no" }, /"code":"http_401"/],
      [{ type: "protocol_error", code: -32600, message: "no" }, /"code":"mcp_error"/],
      ["broken", /broken/],
      [{}, /"code":"tool_failed"/],
    ] as const
  ) {
    const { tell } = session();
    const inputs = tell({ ...ITEM_DONE, item: { ...FIND, arguments: "{}", error, output: null } });
    assert.deepEqual(names(inputs), ["remoteToolStarted", "remoteToolEnded"]);
    const ended = inputs.at(-1);
    assert.ok(ended?.type === "remoteToolEnded" && !ended.ok);
    assert.match(ended.output, expected);
  }
});

Deno.test("a call that is asked for is known by its request, whether its item comes before or after", () => {
  for (const order of ["before", "after", "named"] as const) {
    const { tell, calls } = session();
    const item = { ...CANCEL, arguments: "{}" };
    if (order === "before") {
      assert.deepEqual(names(tell({ ...ADDED, item })), ["remoteToolPlanned", "responseProgress"]);
      assert.deepEqual(tell({ type: "response.mcp_call.in_progress", item_id: "mcp_2" }), []);
    }
    const asked = tell({ ...ADDED, type: "response.output_item.done", item: REQUEST });
    assert.deepEqual(names(asked), ["remoteToolPlanned", "toolAnnounced"]);
    assert.deepEqual(tell({ ...ITEM_DONE, item: REQUEST }), [], "asked once");
    calls.answered("mcpr_1", true);
    const named = order === "named" ? { approval_request_id: "mcpr_1" } : {};
    if (order !== "before") tell({ ...ITEM_DONE, item: { ...item, ...named } });
    const begun = tell({ type: "response.mcp_call.in_progress", item_id: "mcp_2" });
    assert.ok(begun[0]?.type === "remoteToolStarted" && begun[0].call.callId === "mcpr_1", order);
    const ended = tell({ ...ITEM_DONE, item: { ...item, ...named, output: "done" } });
    assert.deepEqual(ended, [
      { type: "remoteToolEnded", callId: "mcpr_1", output: "done", ok: true },
    ]);
  }
});

Deno.test("of a call that was refused nothing more is heard, one that was never asked for is told", () => {
  const refused = session();
  const item = { ...CANCEL, arguments: "{}" };
  refused.tell({ ...ADDED, item });
  refused.tell({ ...ITEM_DONE, item: REQUEST });
  refused.calls.answered("mcpr_1", false);
  assert.deepEqual(refused.tell({ ...ITEM_DONE, item: { ...item, error: "denied" } }), []);
  const late = { ...item, id: "mcp_3", approval_request_id: "mcpr_1", error: "denied" };
  assert.deepEqual(refused.tell({ ...ITEM_DONE, item: late }), []);
  const { tell } = session();
  const ended = tell({ ...ITEM_DONE, item: { ...item, output: "done" } });
  assert.deepEqual(names(ended), ["remoteToolStarted", "remoteToolEnded"]);
});

Deno.test("servers that were listed or not are named to the operator", () => {
  const { tell, listed, failed, calls } = session();
  const list = {
    id: "mcpl_1",
    type: "mcp_list_tools",
    server_label: "shop",
    tools: [{ name: "find" }, 7],
  };
  tell({ ...ITEM_DONE, item: list });
  assert.deepEqual(listed, [["shop", ["find"], ["find", "cancel"]]]);
  tell({ type: "mcp_list_tools.failed", item_id: "unknown" });
  calls.use([SHOP, { ...SHOP, label: "bank" }]);
  tell({ type: "mcp_list_tools.failed", item_id: "unknown" });
  calls.added({ itemId: "mcpl_2", toolServer: "bank" });
  tell({ type: "mcp_list_tools.failed", item_id: "mcpl_2" });
  assert.deepEqual(failed, ["shop", undefined, "bank"]);
});

Deno.test("what runs on as another agent gets the session repeats no secret either", () => {
  const { calls, tell } = session();
  tell({ ...ADDED, item: { ...FIND, arguments: "{}" } });
  calls.use([]);
  const ended = tell({ ...ITEM_DONE, item: { ...FIND, arguments: "{}", output: "tk-0123456789" } });
  assert.deepEqual(ended.map((input) => "output" in input && input.output), ["••••"]);
});

Deno.test("what is no event about tools, or lacks what it promises, is malformed or ignored", () => {
  for (
    const event of [
      { type: "response.mcp_call.completed" },
      { type: "mcp_list_tools.failed", item_id: 7 },
      { type: "response.mcp_call_arguments.done", item_id: "i" },
      { ...ITEM_DONE, item: { type: "mcp_call" } },
      { ...ITEM_DONE, item: { type: "mcp_approval_request", id: "i" } },
    ]
  ) assert.deepEqual(readServerEvent(event), { type: "malformed" }, JSON.stringify(event));
  for (const type of ["response.mcp_call.brand_new", "mcp_list_tools.in_progress"]) {
    assert.equal(readServerEvent({ type, item_id: "i" }), undefined);
  }
});

function session() {
  const retrieved: string[] = [];
  const listed: unknown[] = [];
  const failed: unknown[] = [];
  const calls = new RemoteCalls([SHOP], {
    retrieve: (itemId) => void retrieved.push(itemId),
    health: {
      listed: (...server) => void listed.push(server),
      failed: (server) => void failed.push(server),
    },
  });
  return {
    ...{ calls, retrieved, listed, failed },
    tell(wire: unknown): readonly ModelInput[] {
      const event = readServerEvent(wire);
      assert.ok(event !== undefined && event.type !== "malformed" && isMcpEvent(event));
      return calls.of(event);
    },
  };
}

function names(inputs: readonly ModelInput[]): readonly string[] {
  return inputs.map(({ type }) => type);
}
