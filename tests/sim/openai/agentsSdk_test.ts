import assert from "node:assert/strict";
import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  type RealtimeItem,
  RealtimeSession,
  tool,
} from "@openai/agents-realtime";
import { startRealtimeServer } from "../../../src/sim/openai/realtimeServer.ts";
import type { Script } from "../../../src/sim/openai/scripts.ts";
import { Inbox } from "../../support/inbox.ts";

/** Looks an order up when text asks for it, says the result, and tells stories. */
const clerk: Script = ({ cause }) => {
  if (cause.type === "toolOutputs") return { say: "Your order is on its way." };
  if (cause.type === "text" && cause.text.includes("order")) {
    return { tools: [{ name: "find_order", arguments: '{"number":"42"}' }] };
  }
  if (cause.type === "speech") return { say: "I am listening." };
  return { say: "It was a dark and stormy night.", audioMs: 60_000 };
};

Deno.test("case 74: OpenAI's Agents SDK talks with the stand-in, uses a tool and is interrupted", async () => {
  const server = startRealtimeServer({ script: clerk, apiKey: "sk-agents", speed: 2 });
  const asked: unknown[] = [];
  const findOrder = tool({
    name: "find_order",
    description: "Finds an order.",
    strict: false,
    parameters: {
      type: "object",
      properties: { number: { type: "string" } },
      required: ["number"],
      additionalProperties: true,
    },
    execute: (input) => {
      asked.push(input);
      return "on its way";
    },
  });
  const agent = new RealtimeAgent({ name: "clerk", instructions: "Help.", tools: [findOrder] });
  const session = new RealtimeSession(agent, {
    model: "gpt-realtime-2.1",
    transport: new OpenAIRealtimeWebSocket({ url: `${server.url}?model=gpt-realtime-2.1` }),
    tracingDisabled: true,
  });
  const histories = new Inbox<readonly RealtimeItem[]>();
  const sounds = new Inbox<number>();
  const interruptions = new Inbox<true>();
  const errors: unknown[] = [];
  session.on("history_updated", (history) => histories.add(history));
  session.on("audio", ({ data }) => sounds.add(data.byteLength));
  session.on("audio_interrupted", () => interruptions.add(true));
  session.on("error", (error) => void errors.push(error));
  const saying = (text: string) =>
    histories.when((all) => all.some((history) => JSON.stringify(history).includes(text)));
  try {
    await session.connect({ apiKey: "sk-agents" });
    const model = await server.nextSession();
    assert.equal((await model.next("session.update")).session.type, "realtime");

    session.sendMessage("Where is my order?");
    await saying("Your order is on its way.");
    assert.deepEqual(asked, [{ number: "42" }]);

    const heard = sounds.all.length;
    session.sendMessage("Tell me a story.");
    await sounds.when((all) => all.length > heard + 2);
    model.startSpeech();
    await interruptions.when((all) => all.length > 0);
    const { audio_end_ms } = await model.next("conversation.item.truncate");
    assert.ok(audio_end_ms < 60_000);
    model.stopSpeech(800);
    await saying("I am listening.");
    assert.deepEqual(errors, []);
  } finally {
    session.close();
    await server.close();
  }
});
