import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { browserTest, browserTestInBoth, speakInto } from "../support/browser/browser.ts";
import {
  besidesSilence,
  type EmbedVisit,
  PUBLIC_KEY,
  visitEmbed,
} from "../support/browser/embedVisit.ts";
import { until } from "../support/until.ts";

const SPEECH = new URL("../fixtures/speech/goforward.wav", import.meta.url);

/** A page with a button that connects, and notes all that happens. */
const html = (origin: string) =>
  `<!doctype html><html lang="en"><title>Shop</title>
<button>Call</button>
<script type="module">
  import { connect } from "${origin}/sdk.js";
  globalThis.seen = { states: [], lines: [], errors: [], ends: [], tools: [], asked: [], loud: 0 };
  globalThis.sockets = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  };
  document.querySelector("button").onclick = async () => {
    try {
      globalThis.call = await connect({
        key: "${PUBLIC_KEY}",
        microphone: !location.hash.includes("typing"),
        variables: { plan: "gold" },
        clientTools: { show_page: ({ path }) => ({ shown: seen.asked.push(path) }) },
        onTool: (tool) => seen.tools.push(tool),
        onState: (state) => seen.states.push(state),
        onTranscript: (line) => seen.lines.push(line),
        onError: ({ code }) => seen.errors.push(code),
        onEnd: (end) => seen.ends.push(end),
      });
      setInterval(() => seen.loud = Math.max(seen.loud, call.levels().agent), 20);
    } catch ({ code, message }) {
      seen.refused = { code, message };
    }
  };
</script>`;

/** Strict, with what the documentation says a page has to allow. */
const policy = (origin: string) =>
  `default-src 'none'; script-src ${origin} 'unsafe-inline'; connect-src ${origin} ${
    origin.replace("http", "ws")
  }`;

const AGENT = `---
title: Shop
greeting: Good day.
visitors: { variables: [plan], context: true }
client_tools:
  - name: show_page
    description: Shows a page.
    parameters: { type: object, properties: { path: { type: string } }, required: [path] }
---
Help on the plan {{plan}}.
`;

const briefly: Script = ({ cause }) => ({
  say: cause.type === "speech" ? "I have heard every word of it." : "Good day.",
});

/** Asked from outside, as the page's policy lets nothing be evaluated in it. */
async function holds(page: EmbedVisit["page"], expression: string): Promise<void> {
  await until(() => page.evaluate(expression), (value) => value === true);
}

function sdkTest(
  name: string,
  run: (visit: EmbedVisit) => Promise<void>,
  options: Partial<Parameters<typeof visitEmbed>[0]> = {},
  register = browserTest,
): void {
  register(
    name,
    () =>
      visitEmbed({
        html,
        policy,
        agent: AGENT,
        engine: { voice: "flite", script: briefly },
        ...options,
      }, run),
  );
}

sdkTest(
  "a page of another origin talks with an agent by the SDK",
  async (visit) => {
    const { page, wire, complaints } = visit;
    await page.click("button");
    await holds(page, "seen.states.includes('listening') && seen.loud > 0.01");
    await holds(page, "seen.lines.some(({ role, final }) => role === 'agent' && final)");
    await speakInto(page, SPEECH);
    await holds(page, "seen.lines.some(({ role }) => role === 'visitor')");
    await holds(
      page,
      "seen.lines.some(({ text, final }) => final && text.startsWith('I have heard every word'))",
    );
    assert.ok(await page.evaluate("seen.states.includes('visitor_speaking')"));
    const isReport = (message: { readonly type: string }) => message.type === "played";
    await wire.when((all) => all.filter(isReport).length > 10);
    const id = await page.evaluate("call.id");
    assert.equal(typeof id === "string" && visit.app.registry.get(id)?.request.keyName, "site");
    await page.evaluate("call.end()");
    assert.deepEqual(await page.evaluate("seen.ends"), [{ reason: "caller_hung_up" }]);
    assert.deepEqual(await page.evaluate("[call.state, seen.states[0], seen.states.at(-1)]"), [
      "ended",
      "connecting",
      "ended",
    ]);
    // On a slow machine the microphone was silent for long before somebody spoke into it.
    const rest = "seen.errors.filter((code) => code !== 'microphone_silent')";
    assert.deepEqual(await page.evaluate(rest), []);
    assert.deepEqual(besidesSilence(complaints), []);
  },
  {},
  browserTestInBoth,
);

sdkTest(
  "the SDK runs the page's tools, types, tells of the page, and comes back to its call",
  async ({ page, app, wire, complaints }) => {
    await page.evaluate("location.hash = 'typing'");
    await page.click("button");
    await holds(page, "seen.lines.some(({ role, final }) => role === 'agent' && final)");
    const id = String(await page.evaluate("call.id"));
    assert.deepEqual(app.registry.get(id)?.request.variables, { plan: "gold" });
    await page.evaluate("call.sendText('/show_page path=/lamps')");
    await holds(
      page,
      "seen.tools.some(({ name, state }) => name === 'show_page' && state === 'done')",
    );
    await page.evaluate("call.sendContext('The visitor looks at lamps.')");
    await wire.find((message) => message.type === "context");

    await page.evaluate("sockets.at(-1).close(4000)");
    await holds(page, "seen.states.includes('reconnecting') && call.state !== 'reconnecting'");
    assert.equal(app.registry.size, 1);
    await page.evaluate("call.sendText('/show_page path=/chairs')");
    await holds(page, "seen.asked.length === 2");
    assert.deepEqual(
      await page.evaluate(
        "[seen.asked, seen.errors.filter((code) => code !== 'microphone_silent'), call.id]",
      ),
      [
        ["/lamps", "/chairs"],
        [],
        id,
      ],
    );
    await page.evaluate("call.end()");
    assert.deepEqual(besidesSilence(complaints), []);
  },
  { engine: { voice: "tone" } },
  browserTestInBoth,
);

const cases: readonly (readonly [
  why: string,
  options: Partial<Parameters<typeof visitEmbed>[0]>,
  code: string,
  sentence: RegExp,
])[] = [
  [
    "the key is for other pages",
    { keyOrigin: "https://shop.example" },
    "unreachable",
    /does not let pages of this origin call/,
  ],
  ["the microphone is refused", { microphone: "refused" }, "microphone_refused", /refused/],
];

for (const [why, options, code, sentence] of cases) {
  sdkTest(`the SDK says so where ${why}`, async ({ page }) => {
    await page.click("button");
    await holds(page, "seen.refused !== undefined");
    const refused = JSON.parse(String(await page.evaluate("JSON.stringify(seen.refused)")));
    assert.equal(refused.code, code);
    assert.match(refused.message, sentence);
    assert.equal(await page.evaluate("seen.states.at(-1)"), "ended");
  }, options);
}

sdkTest("the SDK says so where the calls of the day are used", async ({ page }) => {
  await page.click("button");
  await holds(page, "seen.states.includes('listening')");
  await page.evaluate("call.end()");
  await page.click("button");
  await holds(page, "seen.refused !== undefined");
  const refused = JSON.parse(String(await page.evaluate("JSON.stringify(seen.refused)")));
  assert.equal(refused.code, "daily_calls_used");
  assert.match(refused.message, /daily limit/);
}, { keyOptions: ";calls=1" });

sdkTest("a call ends when its page is left", async ({ page, app }) => {
  await page.click("button");
  await holds(page, "seen.states.includes('listening')");
  assert.equal(app.registry.size, 1);
  const id = String(await page.evaluate("call.id"));
  const { ended } = app.registry.get(id)!;
  await page.goto("about:blank");
  const end = await ended;
  assert.ok("reason" in end);
  // A slow browser may part with the socket of a page that is left before its close frame is out.
  const isCut = end.reason === "leg_failed" && end.detail === "connection_lost";
  assert.ok(end.reason === "caller_hung_up" || isCut, JSON.stringify(end));
});
