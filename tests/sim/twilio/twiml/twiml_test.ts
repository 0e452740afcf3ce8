import assert from "node:assert/strict";
import { readTwiml, TwimlError } from "../../../../src/sim/twilio/twiml/twiml.ts";

const respond = (inside: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`;

Deno.test("readTwiml() reads the document that starts a stream, with what comes after it", () => {
  const { verbs, warnings } = readTwiml(respond(`
    <Connect action="/after" method="get"> <!-- the way on -->
      <Stream url="wss://host/media" statusCallback="https://host/stream">
        <Parameter name="token" value="a&amp;b &lt;c&gt; &quot;d&quot; &#233;&#x1F600;"/>
      </Stream>
    </Connect>
    <Say voice="Polly.Amy">Goodbye &amp; thanks.</Say>
    <Redirect>https://host/again</Redirect><Hangup/>`));
  assert.deepEqual(warnings, []);
  const [connect, ...rest] = verbs;
  assert.ok(connect?.verb === "connect");
  assert.equal(connect.action, "/after");
  assert.equal(connect.method, "GET");
  assert.equal(connect.stream.url, "wss://host/media");
  assert.equal(connect.stream.statusCallback, "https://host/stream");
  assert.deepEqual(connect.stream.parameters, { token: 'a&b <c> "d" é😀' });
  assert.deepEqual(rest, [
    { verb: "say", text: "Goodbye & thanks.", loop: 1, voice: "Polly.Amy" },
    { verb: "redirect", url: "https://host/again", method: "POST" },
    { verb: "hangup" },
  ]);
});

Deno.test("readTwiml() reads the verbs that transfer, gather, record, wait and reject", () => {
  const { verbs, warnings } = readTwiml(respond(
    `<Dial callerId="+15550001111" timeout="20" answerOnBridge="true" action="/done">` +
      `<Number>+15552223333</Number><Sip>sip:desk@example.com</Sip></Dial>` +
      `<Dial>+15554445555</Dial><Play digits="1w2"/><Pause length="3"/>` +
      `<Gather numDigits="4" timeout="7" action="/pin"><Say>Your PIN?</Say></Gather>` +
      `<Record maxLength="30"/><Reject reason="busy"/>`,
  ));
  assert.deepEqual(warnings, []);
  const [dial, plain, play, pause, gather, record, reject] = verbs;
  assert.ok(dial?.verb === "dial" && plain?.verb === "dial" && gather?.verb === "gather");
  assert.deepEqual(dial.parties.map((target) => [target.kind, target.address]), [
    ["number", "+15552223333"],
    ["sip", "sip:desk@example.com"],
  ]);
  assert.deepEqual([dial.timeoutSeconds, dial.answerOnBridge, dial.callerId], [
    20,
    true,
    "+15550001111",
  ]);
  assert.deepEqual(plain.parties.map((target) => target.address), ["+15554445555"]);
  assert.ok(play?.verb === "play" && play.digits === "1w2");
  assert.deepEqual(pause, { verb: "pause", seconds: 3 });
  assert.deepEqual(gather.prompts, [{ verb: "say", text: "Your PIN?", loop: 1 }]);
  assert.equal(gather.numDigits, 4);
  assert.ok(record?.verb === "record" && record.maxLengthSeconds === 30);
  assert.deepEqual(reject, { verb: "reject", reason: "busy" });
});

Deno.test("readTwiml() passes over what the schema does not know, and says so", () => {
  const { verbs, warnings } = readTwiml(respond(
    `stray<Sing>la</Sing><Say tune="high">Hi</Say>` +
      `<Connect><Stream url="wss://h/m"><Parameter name="n" value="${
        "x".repeat(500)
      }"/></Stream></Connect>`,
  ));
  assert.deepEqual(verbs.map((verb) => verb.verb), ["say", "connect"]);
  assert.equal(warnings.length, 4);
  assert.match(warnings.join("\n"), /text directly[\s\S]*<Sing>[\s\S]*tune[\s\S]*500 characters/);
});

for (
  const [fault, text] of [
    [
      "a raw ampersand in an attribute",
      respond(`<Connect><Stream url="wss://h/m?a=1&b=2"/></Connect>`),
    ],
    ["a raw ampersand in a text", respond("<Say>you & me</Say>")],
    ["an unknown entity", respond("<Say>&nbsp;</Say>")],
    ["a reference to no character", respond("<Say>&#0;</Say>")],
    ["an element left open", "<Response><Say>hello"],
    ["elements closed crosswise", "<Response><Say></Response></Say>"],
    ["an attribute without quotes", respond("<Pause length=1/>")],
    ["an attribute given twice", respond(`<Pause length="1" length="2"/>`)],
    ["a document type", `<!DOCTYPE x [<!ENTITY a "b">]><Response/>`],
    ["text after the end", "<Response/>more"],
    ["another root", "<Answer/>"],
    ["nothing", ""],
    ["a stream that is missing", respond("<Connect/>")],
    ["nesting without end", "<Response>" + "<Say>".repeat(5_000)],
  ] as const
) {
  Deno.test(`readTwiml() refuses ${fault}`, () => {
    assert.throws(() => readTwiml(text), TwimlError);
  });
}
