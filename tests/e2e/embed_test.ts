import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { violationsOf } from "../support/browser/accessibility.ts";
import { browserTest, browserTestInBoth, speakInto } from "../support/browser/browser.ts";
import {
  besidesSilence,
  type EmbedVisit,
  type EmbedVisitOptions,
  PUBLIC_KEY,
  visitEmbed,
} from "../support/browser/embedVisit.ts";
import { until } from "../support/until.ts";

const SPEECH = new URL("../fixtures/speech/goforward.wav", import.meta.url);
const DOCS = await Deno.readTextFile(new URL("../../docs/embed.md", import.meta.url));
const EXAMPLE = /```html\n([\s\S]*?)```/.exec(DOCS)?.[1] ?? "";
const POLICY = /^script-src .*$/m.exec(DOCS)?.[0] ?? "";

/** The page of the documentation, with what it says to put in. */
const html = (origin: string) => placed(EXAMPLE, origin).replace("pk_…", PUBLIC_KEY);

/** Nothing else is allowed. */
const policy = (origin: string) => `default-src 'none'; ${placed(POLICY, origin)}`;

function placed(text: string, origin: string): string {
  return text.replaceAll("https://voice.example.com", origin)
    .replaceAll("wss://voice.example.com", origin.replace("http", "ws"));
}

const briefly: Script = ({ cause }) => ({
  say: cause.type === "speech" ? "I have heard every word of it." : "Good day.",
});

function embedTest(
  name: string,
  run: (visit: EmbedVisit) => Promise<void>,
  options: Partial<EmbedVisitOptions> = {},
  register = browserTest,
): void {
  register(name, () => visitEmbed({ html, policy, engine: { voice: "tone" }, ...options }, run));
}

/** Where whoever uses no mouse is, through all shadow roots. */
const FOCUSED = `(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.ariaLabel ?? at?.textContent.trim();
})()`;

async function assertAccessible({ page }: Pick<EmbedVisit, "page">, where: string): Promise<void> {
  assert.deepEqual(await violationsOf(page), [], where);
}

embedTest(
  "the page of the documentation talks with an agent of another origin",
  async (visit) => {
    const { page, wire, app, complaints } = visit;
    assert.ok(EXAMPLE.trim().split("\n").length <= 10);
    await page.waitForSelector("text=Talk to us");
    await assertAccessible(visit, "button");
    await page.click("text=Talk to us");
    await page.waitForSelector("text=Start talking");
    await assertAccessible(visit, "panel");
    await page.click("text=Start talking");
    await page.waitForSelector("text=Good day.");
    await page.waitForSelector("text=The agent is listening.");
    await assertAccessible(visit, "call");
    await speakInto(page, SPEECH);
    await page.waitForSelector(".line.visitor");
    await page.waitForSelector("text=I have heard every word of it.");
    // Sound came out, and the server was told how much of it.
    const level = "Number(document.querySelector('voice-agent').shadowRoot" +
      ".querySelector('.meter').style.getPropertyValue('--level'))";
    await until(() => page.evaluate(level), (value) => Number(value) > 0.05);
    const isReport = (message: { readonly type: string }) => message.type === "played";
    await wire.when((all) => all.filter(isReport).length > 20);
    await page.click("text=Mute");
    await page.waitForSelector("[aria-pressed=true]");
    assert.equal(app.registry.size, 1);
    await page.click("text=End call");
    await page.waitForSelector("text=You have ended the call.");
    await assertAccessible(visit, "end");
    await until(() => app.registry.size, (size) => size === 0);
    assert.deepEqual(besidesSilence(complaints), []);
  },
  { engine: { voice: "flite", script: briefly } },
  browserTestInBoth,
);

embedTest("the widget works by keyboard, on a small dark screen, by typing", async (visit) => {
  const { page, complaints } = visit;
  await page.waitForSelector("text=Talk to us");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(FOCUSED), "Talk to us");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(FOCUSED), "Start talking");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(FOCUSED), "Talk to us");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(FOCUSED), "Type instead");
  await page.keyboard.press("Enter");
  await page.waitForSelector("text=End call");
  assert.equal(await page.evaluate(FOCUSED), "Type a message");
  assert.equal(await page.isVisible("text=Mute"), false);
  await page.waitForSelector(".line.agent");
  await page.keyboard.type("What time is it?");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".line.visitor:has-text('What time is it?')");
  await page.waitForSelector(".line.visitor ~ .line.agent:not([hidden])");
  await assertAccessible(visit, "dark");
  const wide = await page.evaluate("document.documentElement.scrollWidth");
  assert.equal(wide, 320);
  const panel = await page.locator(".panel").boundingBox();
  assert.ok(panel !== null && panel.x >= 0 && panel.x + panel.width <= 320 && panel.y >= 0);
  await page.keyboard.press("Escape");
  await page.waitForSelector("text=Call in progress");
  await page.click("text=Call in progress");
  await page.click("text=End call");
  await page.waitForSelector("text=You have ended the call.");
  assert.equal(await page.evaluate(FOCUSED), "Start again");
  assert.deepEqual(besidesSilence(complaints), []);
}, {
  look: {
    viewport: { width: 320, height: 480 },
    colorScheme: "dark",
    reducedMotion: "reduce",
  },
}, browserTestInBoth);

embedTest("the widget speaks the language of the page", async (visit) => {
  const { page, complaints } = visit;
  await page.click("text=Sprechen Sie mit uns");
  await page.click("text=Lieber schreiben");
  await page.waitForSelector("text=Auflegen");
  await assertAccessible(visit, "German");
  await page.click("text=Auflegen");
  await page.waitForSelector("text=Sie haben das Gespräch beendet.");
  assert.deepEqual(besidesSilence(complaints), []);
}, { html: (origin) => html(origin).replace('lang="en"', 'lang="de-AT"') });

const refusals: readonly (readonly [string, Partial<EmbedVisitOptions>, sentence: string])[] = [
  [
    "the page is none of the key's",
    { keyOrigin: "https://shop.example" },
    "this page may not call",
  ],
  ["the visitor refuses the microphone", { microphone: "refused" }, "The microphone was refused."],
  [
    "the agent is none of the key's",
    { html: (origin) => html(origin).replace('"receptionist"', '"assistant"') },
    "Calls are not set up on this page.",
  ],
];

for (const [why, options, sentence] of refusals) {
  embedTest(
    `the widget says what to do where ${why}`,
    async (visit) => {
      const { page } = visit;
      await page.click("text=Talk to us");
      await page.click("text=Start talking");
      await page.waitForSelector(`[role=alert] >> text=${sentence}`);
      assert.equal(await page.isVisible("text=Start talking"), true);
      await assertAccessible(visit, why);
    },
    options,
    options.microphone === "refused" ? browserTestInBoth : browserTest,
  );
}

embedTest("the widget says that the day's calls are used, and takes the next call no more", async ({
  page,
}) => {
  await page.click("text=Talk to us");
  await page.click("text=Type instead");
  await page.waitForSelector(".line.agent");
  await page.click("text=End call");
  await page.click("text=Type instead");
  await page.waitForSelector("[role=alert] >> text=No more calls are possible from here today.");
}, { keyOptions: ";calls=1" });
