import assert from "node:assert/strict";
import { BodyError } from "../../src/utils/http/bodyError.ts";
import { readBody, readForm, readJson } from "../../src/utils/bodyReader.ts";

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

Deno.test("readBody() gives the bytes of a body in chunks of any size", async () => {
  const sent = Uint8Array.from({ length: 100_000 }, (_, n) => n);
  for (const chunk of [1_000, 33_333, 100_000]) {
    const chunks = Array.from(
      { length: Math.ceil(sent.length / chunk) },
      (_, n) => sent.subarray(n * chunk, (n + 1) * chunk),
    );
    assert.deepEqual(await readBody(streamed(chunks), { maxBytes: 100_000 }), sent);
  }
  assert.deepEqual(
    await readBody(new Request("http://x", { method: "POST" }), { maxBytes: 1 }),
    new Uint8Array(),
  );
});

Deno.test("readBody() answers 413 at the announced length, without reading", async () => {
  const request = posted("{}", { "content-length": "1001" });
  await refused(readBody(request, { maxBytes: 1_000 }), 413, "body_too_large");
  assert.equal(request.bodyUsed, false);
});

Deno.test("readBody() answers 413 as soon as more arrives than was announced or allowed", async () => {
  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(400));
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  const lying = posted(ReadableStream.from([new Uint8Array(1_001)]), { "content-length": "10" });
  await refused(readBody(lying, { maxBytes: 1_000 }), 413, "body_too_large");
  await refused(readBody(posted(endless), { maxBytes: 1_000 }), 413, "body_too_large");
  assert.equal(pulled, 3);
  assert.equal(cancelled, true);
});

Deno.test("readBody() accepts exactly maxBytes", async () => {
  const bytes = await readBody(streamed([new Uint8Array(600), new Uint8Array(400)]), {
    maxBytes: 1_000,
  });
  assert.equal(bytes.length, 1_000);
});

Deno.test("readBody() answers 408 when the sender stalls, and lets go of the stream", async () => {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const stalled = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => resolve(),
  });
  const reading = readBody(posted(stalled), { maxBytes: 10, timeoutMs: 5 });
  await refused(reading, 408, "body_timeout");
  await cancelled;
});

Deno.test("readBody() answers 400 when the sender breaks off", async () => {
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(1));
      controller.error(new TypeError("connection reset"));
    },
  });
  await refused(readBody(posted(broken), { maxBytes: 10 }), 400, "incomplete_body");
});

Deno.test("readBody() answers 415 when the body is compressed", async () => {
  const request = posted("x", { "content-encoding": "gzip" });
  await refused(readBody(request, { maxBytes: 10 }), 415, "unsupported_encoding");
});

Deno.test("readBody() works the same behind a real server", async () => {
  await using server = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
    try {
      return new Response(`${(await readBody(request, { maxBytes: 1_000 })).length}`);
    } catch (error) {
      assert.ok(error instanceof BodyError);
      return new Response(error.code, { status: error.status });
    }
  });
  const url = `http://localhost:${server.addr.port}`;
  const small = await fetch(url, { method: "POST", body: "x".repeat(1_000) });
  assert.equal(await small.text(), "1000");
  const large = await fetch(url, { method: "POST", body: "x".repeat(1_001) });
  assert.deepEqual([large.status, await large.text()], [413, "body_too_large"]);
  const chunked = await fetch(url, {
    method: "POST",
    body: streamed([new Uint8Array(2_000)]).body,
  });
  assert.deepEqual([chunked.status, await chunked.text()], [413, "body_too_large"]);
});

Deno.test("readJson() gives the value and the exact text", async () => {
  const raw = '{ "name": "Zoë", "list": [1, null, true] }\n';
  for (
    const type of [
      JSON_TYPE,
      "Application/JSON; charset=UTF-8",
      'application/json;charset="utf-8"',
      "application/problem+json",
    ]
  ) {
    const body = await readJson(posted(raw, { "content-type": type }), { maxBytes: 100 });
    assert.deepEqual(body, { value: { name: "Zoë", list: [1, null, true] }, raw });
  }
});

Deno.test("readJson() answers 415 when the type is not JSON in UTF-8", async () => {
  for (
    const type of [
      "text/plain",
      FORM_TYPE,
      "application/jsonp",
      "text/application/json",
      "application/json; charset=latin1",
      "",
    ]
  ) {
    const request = posted("{}", { "content-type": type });
    await refused(readJson(request, { maxBytes: 100 }), 415, "unsupported_media_type");
  }
});

Deno.test("readJson() answers 400 when the body is not UTF-8", async () => {
  for (
    const bytes of [[0x22, 0xff, 0x22], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]]
  ) {
    const request = posted(Uint8Array.from(bytes), { "content-type": JSON_TYPE });
    await refused(readJson(request, { maxBytes: 100 }), 400, "invalid_utf8");
  }
});

Deno.test("readJson() answers 400 when the JSON is malformed, empty or marked with a BOM", async () => {
  for (const text of ["", "{", "{'a':1}", '{"a":1}}', "NaN", "\ufeff{}", "\u0000"]) {
    const request = posted(text, { "content-type": JSON_TYPE });
    await refused(readJson(request, { maxBytes: 100 }), 400, "malformed_json");
  }
});

Deno.test("readJson() takes 32 levels of nesting and no more", async () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const request = (text: string) => posted(text, { "content-type": JSON_TYPE });
  const deepest = nested(32);
  assert.equal(
    JSON.stringify((await readJson(request(deepest), { maxBytes: 100 })).value),
    deepest,
  );
  await refused(readJson(request(nested(33)), { maxBytes: 100 }), 400, "json_too_deep");
});

Deno.test("readForm() gives the fields, repeated ones too, and the exact text", async () => {
  const raw = "To=%2B14155550123&Digits=&Digits=1+2&__proto__=x";
  const type = { "content-type": `${FORM_TYPE}; charset=utf-8` };
  const { value, raw: text } = await readForm(posted(raw, type), { maxBytes: 100, maxFields: 4 });
  assert.deepEqual([...value], [
    ["To", "+14155550123"],
    ["Digits", ""],
    ["Digits", "1 2"],
    ["__proto__", "x"],
  ]);
  assert.equal(text, raw);
});

Deno.test("readForm() answers 415 for another type and 413 for too many fields", async () => {
  const limits = { maxBytes: 1_000, maxFields: 10 };
  const json = posted("{}", { "content-type": JSON_TYPE });
  await refused(readForm(json, limits), 415, "unsupported_media_type");
  const multipart = posted("a=1", { "content-type": "multipart/form-data; boundary=x" });
  await refused(readForm(multipart, limits), 415, "unsupported_media_type");
  const many = posted("a&".repeat(11), { "content-type": FORM_TYPE });
  await refused(readForm(many, limits), 413, "too_many_fields");
  const large = posted("a".repeat(1_001), { "content-type": FORM_TYPE });
  await refused(readForm(large, limits), 413, "body_too_large");
});

function posted(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", { method: "POST", body, headers });
}

function streamed(chunks: readonly Uint8Array<ArrayBuffer>[]): Request {
  return posted(ReadableStream.from(chunks));
}

async function refused(reading: Promise<unknown>, status: number, code: string): Promise<void> {
  await assert.rejects(reading, (error) => {
    assert.ok(error instanceof BodyError, String(error));
    assert.deepEqual([error.status, error.code], [status, code]);
    assert.match(error.message, /^[A-Z].*\.$/);
    return true;
  });
}
