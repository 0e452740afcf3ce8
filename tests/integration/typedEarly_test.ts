import assert from "node:assert/strict";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { type ScriptedSession, startScriptedRealtime } from "../support/openai/scriptedRealtime.ts";
import { openClient } from "../support/browser/webClient.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";

Deno.test("case 99: the answer to what was written before the model was there comes last", async () => {
  await using realtime = startScriptedRealtime();
  await using server = await startPhoneServer({
    env: { OPENAI_API_KEY: "sk-test-0123456789abcdef", OPENAI_REALTIME_URL: realtime.url },
    overrides: { agentFiles: onlyAgent("greeting: Good day.") },
  });
  const { token } = await (await server.post("/api/web/session", undefined, apiKey)).json();
  const client = openClient(server, token);
  const line = (text: string) =>
    client.inbox.find((message) => message.type === "transcript" && message.text === text);
  await client.get("ready");
  client.send({ type: "text", text: "What time is it?" });
  await line("What time is it?");

  const model = await realtime.session();
  await model.confirm();
  await model.nth("response.create", 0);
  answer(model, { id: "greeting", text: "Good day." });
  const { item } = await model.first("conversation.item.create");
  model.say({
    type: "conversation.item.added",
    previous_item_id: "greeting",
    item: { ...item, id: "written" },
  });
  await model.nth("response.create", 1);
  answer(model, { id: "answer", text: "It is noon.", after: "written" });

  await line("It is noon.");
  const lines = new Map<string, number>();
  for (const message of client.inbox.all) {
    if (message.type === "transcript") lines.set(message.text, message.position);
  }
  const places = ["What time is it?", "Good day.", "It is noon."].map((text) => lines.get(text));
  assert.deepEqual(places, [1, 2, 3]);
  await client.close();
});

/** A response that speaks for 200 ms. */
function answer(
  model: ScriptedSession,
  { id, text, after }: { readonly id: string; readonly text: string; readonly after?: string },
): void {
  const response_id = `response_${id}`;
  const place = { response_id, item_id: id, content_index: 0 };
  const item = { id, type: "message", role: "assistant", content: [] };
  model.say({ type: "response.created", response: { id: response_id } });
  model.say({ type: "conversation.item.added", previous_item_id: after ?? null, item });
  model.say({ type: "response.output_audio_transcript.delta", ...place, delta: text });
  model.say({ type: "response.output_audio.delta", ...place, delta: "AAAA".repeat(3200) });
  model.say({ type: "response.output_audio.done", ...place });
  model.say({
    type: "response.done",
    response: { id: response_id, status: "completed", output: [item] },
  });
}
