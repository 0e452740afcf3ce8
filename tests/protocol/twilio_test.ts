import assert from "node:assert/strict";
import fc from "fast-check";
import {
  createTwilioWriter,
  mediaPayloadIn,
  readTwilioMessage,
} from "../../src/protocol/twilio.ts";
import { isBase64 } from "../../src/utils/audio/audioFormat.ts";

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
  fc.assert(fc.property(fc.string(), fc.string(), fc.base64String(), (streamSid, value, audio) => {
    const write = createTwilioWriter(streamSid);
    assert.deepEqual(JSON.parse(write.media(audio)), {
      event: "media",
      streamSid,
      media: { payload: audio },
    });
    assert.deepEqual(JSON.parse(write.mark(value)), {
      event: "mark",
      streamSid,
      mark: { name: value },
    });
    assert.deepEqual(JSON.parse(write.clear), { event: "clear", streamSid });
  }));
});

Deno.test("mediaPayloadIn() finds what the full reader finds, in any text that is nearly a frame", () => {
  const number = fc.nat({ max: 10 ** 9 }).map(String);
  const sid = fc.stringMatching(/^[0-9a-f]{0,32}$/).map((id) => `MZ${id}`);
  const payload = fc.oneof(
    { weight: 3, arbitrary: fc.base64String() },
    fc.constantFrom("//8=", "", "A\\u0041AA", "\\", "////\n", "é", '"', "AAA"),
  );
  const frame = fc.record({ payload, number, sid, order: fc.nat({ max: 3 }) });
  let found = 0;
  fc.assert(
    fc.property(
      frame,
      fc.nat(),
      fc.constantFrom("", " ", '"', "}", "{", ",", "0"),
      (one, at, put) => {
        const whole = written(one);
        const place = at % (whole.length + 1);
        // As written, and with one character more, less, or in the place of another.
        for (
          const text of [
            whole,
            whole.slice(0, place) + put + whole.slice(place),
            whole.slice(0, place) + whole.slice(place + 1),
            whole.slice(0, place) + put + whole.slice(place + 1),
          ]
        ) {
          const quick = mediaPayloadIn(text);
          if (quick === undefined || !isBase64(quick)) continue;
          found++;
          assert.deepEqual(readTwilioMessage(text), { type: "media", payload: quick }, text);
        }
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(found > 1000, `${found} texts were frames`);
});

Deno.test("mediaPayloadIn() reads frames in each order of fields that is known", () => {
  for (let order = 0; order < 4; order++) {
    const text = written({ payload: "//8=", number: "7", sid: "MZ1", order });
    assert.equal(mediaPayloadIn(text), "//8=", text);
  }
});

function written(
  { payload, number, sid, order }: {
    readonly payload: string;
    readonly number: string;
    readonly sid: string;
    readonly order: number;
  },
): string {
  const sequence = `"sequenceNumber":"${number}"`;
  const stream = `"streamSid":"${sid}"`;
  const times = order === 3
    ? `"timestamp":"${number}","chunk":"${number}"`
    : `"chunk":"${number}","timestamp":"${number}"`;
  const media = `"media":{"track":"inbound",${times},"payload":"${payload}"}`;
  const parts = [
    [sequence, media, stream],
    [sequence, stream, media],
    [media, sequence, stream],
    [stream, sequence, media],
  ][order] ?? [];
  return `{"event":"media",${parts.join(",")}}`;
}
