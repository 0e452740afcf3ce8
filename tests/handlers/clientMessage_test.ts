import assert from "node:assert/strict";
import fc from "fast-check";
import { parseClientMessage } from "../../src/handlers/clientMessage.ts";

const TWO_SAMPLES = "AAAAAA==";

Deno.test("parseClientMessage() takes every message of the protocol", () => {
  const messages = [
    { type: "hello", binary: true },
    { type: "input_audio_buffer.append", audio: TWO_SAMPLES },
    { type: "input_audio_buffer.commit" },
    { type: "input_audio_buffer.clear" },
    { type: "text", text: "good morning" },
    { type: "interrupt" },
    { type: "dtmf", digit: "#" },
    { type: "played", itemId: "item_1", ms: 120.5, cleared: true },
  ];
  for (const message of messages) {
    assert.deepEqual(parseClientMessage(JSON.stringify(message)), { ok: true, message });
  }
});

Deno.test("parseClientMessage() drops fields that it does not know", () => {
  const parsed = parseClientMessage('{"type":"interrupt","__proto__":{"type":"text"},"x":1}');
  assert.deepEqual(parsed, { ok: true, message: { type: "interrupt" } });
});

for (
  const [code, json] of [
    ["invalid_json", "{"],
    ["invalid_json", ""],
    ["invalid_message", "null"],
    ["invalid_message", "[]"],
    ["invalid_message", '"text"'],
    ["unknown_type", "{}"],
    ["unknown_type", '{"type":"session.update"}'],
    ["unknown_type", '{"type":["interrupt"]}'],
    ["invalid_audio", '{"type":"input_audio_buffer.append"}'],
    ["invalid_audio", '{"type":"input_audio_buffer.append","audio":""}'],
    ["invalid_audio", '{"type":"input_audio_buffer.append","audio":"AAA"}'],
    ["invalid_audio", '{"type":"input_audio_buffer.append","audio":"AA=A"}'],
    ["invalid_audio", '{"type":"input_audio_buffer.append","audio":"AAAA"}'],
    ["invalid_audio", '{"type":"input_audio_buffer.append","audio":"AA-_AA=="}'],
    ["invalid_text", '{"type":"text","text":"  "}'],
    ["invalid_text", '{"type":"text","text":7}'],
    ["invalid_text", JSON.stringify({ type: "text", text: "x".repeat(4001) })],
    ["invalid_text", JSON.stringify({ type: "text", text: `${" ".repeat(8000)}hi` })],
    ["invalid_digit", '{"type":"dtmf","digit":"12"}'],
    ["invalid_digit", '{"type":"dtmf","digit":"٣"}'],
    ["invalid_position", '{"type":"played","itemId":"a"}'],
    ["invalid_position", '{"type":"played","itemId":"","ms":1}'],
    ["invalid_position", '{"type":"played","itemId":"a","ms":1e999}'],
    ["invalid_position", '{"type":"played","itemId":"a","ms":"1"}'],
  ] as const
) {
  Deno.test(`parseClientMessage() answers ${code} when given ${json.slice(0, 60)}`, () => {
    const parsed = parseClientMessage(json);
    assert.ok(!parsed.ok);
    assert.equal(parsed.code, code);
    assert.match(parsed.error, /\.$/);
  });
}

Deno.test("parseClientMessage() takes a negative position as nothing played", () => {
  const parsed = parseClientMessage('{"type":"played","itemId":"a","ms":-5}');
  const message = { type: "played", itemId: "a", ms: 0, cleared: false };
  assert.deepEqual(parsed, { ok: true, message });
});

Deno.test("parseClientMessage() mends text with halves of characters", () => {
  const parsed = parseClientMessage('{"type":"text","text":"a\\ud800b"}');
  assert.deepEqual(parsed, { ok: true, message: { type: "text", text: "a\ufffdb" } });
});

Deno.test("parseClientMessage() says what is wrong with the tools of a client", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `tool_${index}`);
  for (const tools of [names, "open_page", [1], { open_page: true }, ["x".repeat(201)]]) {
    const parsed = parseClientMessage(JSON.stringify({ type: "hello", binary: true, tools }));
    assert.equal(parsed.ok ? "ok" : parsed.code, "invalid_tools");
  }
});

Deno.test("parseClientMessage() never throws, whatever it is given", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (json) => {
    assert.equal(typeof parseClientMessage(json).ok, "boolean");
  }));
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    for (const type of ["hello", "input_audio_buffer.append", "text", "dtmf", "played"]) {
      const fields = { type, audio: a, text: a, digit: a, itemId: a, ms: b, binary: b };
      assert.equal(typeof parseClientMessage(JSON.stringify(fields)).ok, "boolean");
    }
  }));
});
