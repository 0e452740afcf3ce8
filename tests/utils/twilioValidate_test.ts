import assert from "node:assert/strict";
import fc from "fast-check";
import { getExpectedBodyHash, getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import {
  validateTwilioForm,
  validateTwilioJson,
  validateTwilioSocket,
} from "../../src/utils/twilioValidate.ts";

const TOKEN = "12345";
const FORM = {
  authToken: TOKEN,
  signature: "L/OH5YylLD5NRKLltdqwSvS0BnU=",
  publicUrl: "https://example.com",
  pathAndQuery: "/myapp.php?foo=1&bar=2",
  params: new URLSearchParams({
    Digits: "1234",
    To: "+18005551212",
    From: "+14158675310",
    Caller: "+14158675310",
    CallSid: "CA1234567890ABCDE",
  }),
};

Deno.test("validateTwilioForm() accepts the published signature", () => {
  assert.equal(validateTwilioForm(FORM), true);
  assert.equal(validateTwilioForm({ ...FORM, publicUrl: "https://example.com/" }), true);
});

Deno.test("validateTwilioForm() refuses when anything that was signed differs", () => {
  const changed = (change: (params: URLSearchParams) => void) => {
    const params = new URLSearchParams(FORM.params);
    change(params);
    return { ...FORM, params };
  };
  for (
    const request of [
      { ...FORM, authToken: "12346" },
      { ...FORM, publicUrl: "https://example.org" },
      { ...FORM, publicUrl: "http://example.com" },
      { ...FORM, pathAndQuery: "/myapp.php?foo=1&bar=3" },
      { ...FORM, pathAndQuery: "/myapp.php" },
      changed((params) => params.set("Digits", "1235")),
      changed((params) => params.append("Extra", "")),
      changed((params) => params.append("Digits", "5")),
      changed((params) => params.delete("Caller")),
      changed((params) => params.set("Digits", "1234 ")),
    ]
  ) assert.equal(validateTwilioForm(request), false);
});

Deno.test("validateTwilioForm() accepts signatures over the address with and without its port", () => {
  const params = { CallSid: "CA1" };
  for (
    const [publicUrl, signed] of [
      ["https://example.com", "https://example.com/voice"],
      ["https://example.com", "https://example.com:443/voice"],
      ["https://example.com:8443", "https://example.com:8443/voice"],
      ["https://example.com:8443", "https://example.com/voice"],
      ["http://localhost:8000", "http://localhost:8000/voice"],
    ] as const
  ) {
    const signature = getExpectedTwilioSignature(TOKEN, signed, params);
    const request = { authToken: TOKEN, signature, publicUrl, pathAndQuery: "/voice" };
    assert.ok(validateTwilioForm({ ...request, params: new URLSearchParams(params) }), signed);
  }
});

Deno.test("validateTwilioForm() takes repeated, empty and oddly named fields as Twilio does", () => {
  const url = "https://example.com/voice";
  const signature = getExpectedTwilioSignature(
    TOKEN,
    url,
    JSON.parse('{"Media":["b","a","b"],"Empty":"","__proto__":"x","Städte":"Zürich + 1"}'),
  );
  const params = new URLSearchParams([
    ["__proto__", "x"],
    ["Media", "b"],
    ["Empty", ""],
    ["Media", "a"],
    ["Städte", "Zürich + 1"],
    ["Media", "b"],
  ]);
  const request = { authToken: TOKEN, signature, pathAndQuery: "/voice", params };
  assert.equal(validateTwilioForm({ ...request, publicUrl: "https://example.com" }), true);
});

Deno.test("validateTwilioForm() accepts either token while one is replaced, but never an empty one", () => {
  assert.equal(validateTwilioForm({ ...FORM, authToken: ["new one", TOKEN] }), true);
  assert.equal(validateTwilioForm({ ...FORM, authToken: ["new one", "newer"] }), false);
  assert.equal(validateTwilioForm({ ...FORM, authToken: [] }), false);
  const signature = getExpectedTwilioSignature("", "https://example.com/voice", {});
  const unsigned = { signature, pathAndQuery: "/voice", params: new URLSearchParams() };
  for (const authToken of ["", [""]]) {
    assert.equal(validateTwilioForm({ ...FORM, ...unsigned, authToken }), false);
  }
});

Deno.test("validateTwilioJson() wants the signature of the address and the hash of the exact body", () => {
  const body = '{"status": "Zoë"}\n';
  const pathAndQuery = `/stream?bodySHA256=${getExpectedBodyHash(body)}`;
  const signature = getExpectedTwilioSignature(TOKEN, `https://example.com${pathAndQuery}`, {});
  const request = {
    authToken: TOKEN,
    signature,
    publicUrl: "https://example.com",
    pathAndQuery,
    body,
  };
  assert.equal(validateTwilioJson(request), true);
  assert.equal(validateTwilioJson({ ...request, body: body.trim() }), false);
  assert.equal(validateTwilioJson({ ...request, authToken: "other" }), false);
  const bare = getExpectedTwilioSignature(TOKEN, "https://example.com/stream", {});
  assert.equal(
    validateTwilioJson({ ...request, pathAndQuery: "/stream", signature: bare }),
    false,
  );
});

for (
  const [publicUrl, host] of [
    ["https://example.com", "example.com"],
    ["https://example.com:8443", "example.com"],
    ["https://example.com:8443", "example.com:8443"],
    ["https://example.com", "example.com:443"],
    ["https://[2001:db8::1]", "[2001:db8::1]"],
  ] as const
) {
  Deno.test(`validateTwilioSocket() accepts every spelling signed as ${host} for ${publicUrl}`, () => {
    for (const scheme of ["wss", "https"]) {
      for (const signedSlash of ["", "/"]) {
        for (const seenSlash of ["", "/"]) {
          for (const query of ["", "?a=b/c"]) {
            const signed = `${scheme}://${host}/media${signedSlash}${query}`;
            const pathAndQuery = `/media${seenSlash}${query}`;
            const signature = getExpectedTwilioSignature(TOKEN, signed, {});
            assert.ok(
              validateTwilioSocket({ authToken: TOKEN, signature, publicUrl, pathAndQuery }),
              `${signed} seen as ${pathAndQuery}`,
            );
          }
        }
      }
    }
  });
}

Deno.test("validateTwilioSocket() accepts an unencrypted address when that is the public one", () => {
  const signature = getExpectedTwilioSignature(TOKEN, "ws://localhost:8000/media", {});
  const request = { authToken: TOKEN, signature, pathAndQuery: "/media" };
  assert.equal(validateTwilioSocket({ ...request, publicUrl: "http://localhost:8000" }), true);
  assert.equal(validateTwilioSocket({ ...request, publicUrl: "https://localhost:8000" }), false);
});

Deno.test("validateTwilioSocket() refuses another host, port, path, query or token", () => {
  const signature = getExpectedTwilioSignature(TOKEN, "wss://example.com/media", {});
  const request = {
    authToken: TOKEN,
    signature,
    publicUrl: "https://example.com",
    pathAndQuery: "/media",
  };
  assert.equal(validateTwilioSocket(request), true);
  for (
    const change of [
      { publicUrl: "https://example.org" },
      { pathAndQuery: "/media2" },
      { pathAndQuery: "/media?x" },
      { pathAndQuery: "/media//" },
      { authToken: "other" },
      { signature: getExpectedTwilioSignature(TOKEN, "wss://example.com:8443/media", {}) },
    ]
  ) assert.equal(validateTwilioSocket({ ...request, ...change }), false);
});

Deno.test("every validation gives false, and never throws, when the request is garbage", () => {
  const garbage = fc.record({
    authToken: fc.string(),
    signature: fc.oneof(
      fc.constantFrom(undefined, null, "", FORM.signature, `${FORM.signature} `),
      fc.string(),
      fc.string({ minLength: 28, maxLength: 28 }),
    ),
    publicUrl: fc.oneof(fc.constant("https://example.com"), fc.string()),
    pathAndQuery: fc.oneof(fc.constantFrom("", "?", "//", "/media"), fc.string()),
  });
  fc.assert(fc.property(garbage, fc.string(), (request, body) => {
    assert.equal(validateTwilioForm({ ...request, params: new URLSearchParams(body) }), false);
    assert.equal(validateTwilioJson({ ...request, body }), false);
    assert.equal(validateTwilioSocket(request), false);
  }));
});
