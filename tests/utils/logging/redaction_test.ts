import assert from "node:assert/strict";
import fc from "fast-check";
import { newToken } from "../../../src/utils/ids.ts";
import { isSensitive, maskNumber, maskText } from "../../../src/utils/logging/redaction.ts";

Deno.test("maskNumber() keeps the first digit and the last two", () => {
  assert.equal(maskNumber("+14155550123"), "+1…23");
  assert.equal(maskNumber("+44 7700 900-123"), "+4…23");
  assert.equal(maskNumber("anonymous"), "[redacted]");
  assert.equal(maskNumber(""), "[redacted]");
});

Deno.test("maskText() masks phone numbers however they are written", () => {
  for (
    const number of ["+14155550123", "+1 (415) 555-0123", "%2B14155550123", "+1-415-555-01-23"]
  ) {
    const masked = maskText(`Cannot dial "${number}" now`);
    assert.equal(masked, 'Cannot dial "+1…23" now', number);
  }
});

Deno.test("maskText() masks secrets and keeps the text around them", () => {
  const hex = "0123456789abcdef".repeat(2);
  const token = newToken();
  const cases: readonly (readonly [string, string])[] = [
    ["key sk-proj-Ab_12-x is bad", "key sk-[redacted] is bad"],
    ["ek_68af296e8e408191a1120ab6383263c2,", "ek_[redacted],"],
    ["header Bearer abc.DEF-123=", "header Bearer [redacted]"],
    ["authorization: basic dXNlcjpwYXNz", "authorization: basic [redacted]"],
    [`account AC${hex}, key SK${hex}`, "account AC[redacted], key SK[redacted]"],
    [`token ${hex} leaked`, "token [redacted] leaked"],
    [`protocol token.${token}`, "protocol token.[redacted]"],
    [`saw ${token}.`, "saw [redacted]."],
    ["postgres://parley:hunter2@db:5432/calls", "postgres://[redacted]@db:5432/calls"],
    ["GET https://x.io/a?token=1&b=2 failed", "GET https://x.io/a?[redacted] failed"],
    ["/twilio/voice?call=1", "/twilio/voice?[redacted]"],
    ["jwt eyJhbGciOi.eyJzdWIi.sig-1", "jwt [redacted]"],
  ];
  for (const [text, masked] of cases) assert.equal(maskText(text), masked);
});

Deno.test("maskText() masks what JSON.parse() quotes of a text it cannot read", () => {
  for (
    const text of ['my "secret" thoughts', '{"said": my secret thoughts}', "secret".repeat(30)]
  ) {
    assert.throws(() => JSON.parse(text), (error) => !maskText(String(error)).includes("secret"));
  }
});

Deno.test("maskText() leaves ordinary texts, ids and times alone", () => {
  for (
    const text of [
      "Cannot reach the model: connection refused",
      "What now? Try again.",
      "2026-01-02T03:04:05+00:00",
      "0b8f1c8e-1b5e-4f0e-8f0f-1a2b3c4d5e6f",
      `CA${"0123456789abcdef".repeat(2)}`,
      "a".repeat(64),
      "call_01k9x2m3abcdefghjkmnpqrstv",
      "1 + 1 = 2",
      "wss://api.openai.com/v1/realtime",
      "file:///app/src/index.ts:12:34",
    ]
  ) assert.equal(maskText(text), text);
});

Deno.test("maskText() finds a number in the middle of any text", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (before, after) => {
    assert.ok(!maskText(`${before} +14155550123 ${after}`).includes("4155550"));
  }));
});

Deno.test("case 186: maskText() takes time in proportion to the text, whatever stands in it", () => {
  const atoms = [
    ...[
      "?",
      "?a",
      "?=",
      "+1",
      "+1 (",
      "+1.",
      "%2B1",
      "://",
      "://a",
      '"',
      ', "',
      "a-",
      "0",
      "a",
      " ",
    ],
    ...[
      "sk-",
      "ek_",
      "Bearer ",
      "Basic  ",
      "Bearer=",
      "eyJ",
      "eyJ.",
      "token.",
      "AC",
      "f",
      "@",
      "- ",
    ],
  ];
  const ends = ["", "!", " is not valid JSON"];
  const timeOf = (text: string) => {
    const times = Array.from({ length: 5 }, () => {
      const begun = performance.now();
      maskText(text);
      return performance.now() - begun;
    });
    return Math.min(...times);
  };
  const textOf = (atom: string, end: string, length: number) =>
    `+ ${atom.repeat(Math.ceil(length / atom.length))}${end}`;
  for (const atom of atoms) {
    for (const end of ends) {
      const ratio = () =>
        timeOf(textOf(atom, end, 64_000)) / Math.max(timeOf(textOf(atom, end, 8_000)), 0.1);
      // In proportion it is 8; where it grows with the square, 64 however often it is measured.
      let least = ratio();
      for (let again = 0; again < 5 && least >= 24; again++) least = Math.min(least, ratio());
      assert.ok(least < 24, `${atom}…${end}: ${least} times as long`);
    }
  }
});

Deno.test("isSensitive() hides private fields in every way of writing their names", () => {
  for (
    const name of ["apiKey", "api_key", "API-KEY", "key", "authToken", "token", "clientSecret"]
      .concat(["password", "Authorization", "cookie", "to", "from", "From", "callerPhone", "phone"])
      .concat(["transcript", "finalTranscript", "text", "arguments", "digits", "query", "body"])
      .concat(["phoneNumber", "to_number", "accessToken", "tokens", "apiKeys", "transcripts"])
  ) assert.equal(isSensitive(name, "x"), true, name);
  assert.equal(isSensitive("digits", 1234), true);
  assert.equal(isSensitive("transcript", { said: "x" }), true);
});

Deno.test("isSensitive() shows ids, names, counts and flags", () => {
  for (const name of ["callId", "keyName", "agent", "reason", "monkey", "total", "durationMs"]) {
    assert.equal(isSensitive(name, "x"), false, name);
  }
  assert.equal(isSensitive("inputTokens", 12), false);
  assert.equal(isSensitive("textLength", 12), false);
  assert.equal(isSensitive("sequenceNumber", 12), false);
  assert.equal(isSensitive("tokenExpired", true), false);
});

Deno.test("maskText() shows pseudonyms of all addresses that people sign in with", () => {
  for (
    const address of [
      "ann@example.com",
      "jürgen.müller@example.com",
      "o'k{1}@sso.example",
      "ann@intranet",
    ]
  ) {
    assert.match(maskText(`of ${address}, since`), /^of person-[\da-f]{8}, since$/, address);
  }
  assert.equal(maskText("npm:pg@8 and npm:@hono/zod"), "npm:pg@8 and npm:@hono/zod");
});
