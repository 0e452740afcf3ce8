import assert from "node:assert/strict";
import fc from "fast-check";
import { createTwilioWriter, readTwilioMessage } from "../../src/protocol/twilio.ts";

const start = {
  accountSid: "AC1",
  streamSid: "MZ1",
  callSid: "CA1",
  tracks: ["inbound"],
  mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
  customParameters: { token: "t", odd: 5 },
};

Deno.test("readTwilioMessage() reads a start, numbers as text included", () => {
  const expected = {
    type: "start",
    start: {
      streamSid: "MZ1",
      callSid: "CA1",
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
      parameters: { token: "t" },
    },
  };
  assert.deepEqual(readTwilioMessage(JSON.stringify({ event: "start", start })), expected);
  const mediaFormat = { encoding: "audio/x-mulaw", sampleRate: "8000", channels: "1" };
  const asText = JSON.stringify({ event: "start", start: { ...start, mediaFormat } });
  assert.deepEqual(readTwilioMessage(asText), expected);
});

Deno.test("readTwilioMessage() says why it ignores a message", () => {
  const reasons = [
    ["{", "not_json"],
    ["[]", "not_an_object"],
    ['{"event":"news"}', "unknown_event"],
    ['{"event":"media","media":{"payload":""}}', "malformed"],
    ['{"event":"media","media":{"track":"outbound","payload":"AAAA"}}', "other_track"],
    ['{"event":"start","start":{"streamSid":"","callSid":"CA1","mediaFormat":{}}}', "malformed"],
    ['{"event":"dtmf","dtmf":{"digit":"E"}}', "malformed"],
    [`{"event":"mark","mark":{"name":"${"x".repeat(65)}"}}`, "malformed"],
    ['{"event":"mark","mark":{"name":""}}', "malformed"],
  ] as const;
  for (const [text, why] of reasons) {
    assert.deepEqual(readTwilioMessage(text), { type: "ignored", why });
  }
});

Deno.test("readTwilioMessage() never throws, whatever arrives", () => {
  const event = fc.constantFrom("start", "media", "mark", "dtmf", "stop", "connected", "x");
  const part = fc.oneof(
    fc.jsonValue(),
    fc.record({
      streamSid: fc.jsonValue(),
      callSid: fc.jsonValue(),
      mediaFormat: fc.jsonValue(),
      customParameters: fc.jsonValue(),
      payload: fc.jsonValue(),
      digit: fc.jsonValue(),
      name: fc.jsonValue(),
    }, { requiredKeys: [] }),
  );
  fc.assert(fc.property(event, part, (event, part) => {
    const types = ["connected", "start", "media", "dtmf", "mark", "stop", "ignored"];
    const message = { event, start: part, media: part, dtmf: part, mark: part };
    assert.ok(types.includes(readTwilioMessage(JSON.stringify(message)).type));
  }));
  fc.assert(fc.property(fc.string(), (text) => void readTwilioMessage(text)));
});

Deno.test("createTwilioWriter() writes valid JSON whatever it is given", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (streamSid, value) => {
    const write = createTwilioWriter(streamSid);
    assert.deepEqual(JSON.parse(write.media(value)), {
      event: "media",
      streamSid,
      media: { payload: value },
    });
    assert.deepEqual(JSON.parse(write.mark(value)), {
      event: "mark",
      streamSid,
      mark: { name: value },
    });
    assert.deepEqual(JSON.parse(write.clear), { event: "clear", streamSid });
  }));
});
