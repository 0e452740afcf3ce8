import assert from "node:assert/strict";
import { contract, respond } from "../../support/openai/modelContract.ts";

contract(
  "case 77: what a server refuses in a request for a response is left out",
  async (stage) => {
    const { client, session, sink } = await stage.live();
    client.send({
      type: "respond",
      request: { purpose: "greeting", instructions: "Say hello.", tools: "none" },
    });
    const first = await session.nth("response.create", 0);
    session.refuse(first, { code: "unknown_parameter", param: "response.metadata" });
    const second = await session.nth("response.create", 1);
    assert.deepEqual(second.response, { instructions: "Say hello.", tool_choice: "none" });
    session.refuse(second, { code: "unknown_parameter", param: "response.instructions" });
    assert.deepEqual((await session.nth("response.create", 2)).response, { tool_choice: "none" });
    const told = await session.first("conversation.item.create");
    assert.match(JSON.stringify(told), /"role":"system".*Say hello\./);
    assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);

    client.send(respond("reply"));
    const next = await session.nth("response.create", 3);
    assert.deepEqual(next.response, {}, "as the first was taken");
    session.refuse(next, { code: "invalid_value" });
    assert.equal((await sink.first("requestRefused")).code, "invalid_value");
  },
);
