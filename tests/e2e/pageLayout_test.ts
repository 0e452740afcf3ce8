import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTests, openPage } from "../support/browser/browser.ts";
import { until } from "../support/until.ts";
import { startWebServer } from "../support/servers/webServer.ts";
import type { RecordingSession } from "../support/call/recordingSession.ts";
import { turn } from "../support/store/storedCalls.ts";

browserTests("page: small windows, and no server", {
  async "the end of the transcript stays in view when the keypad opens"(browser) {
    await using visit = await typing({ browser, width: 390, height: 844 });
    const { page, call } = visit;
    for (let at = 0; at < 30; at++) say(call, at, `Line ${at}`);
    await page.locator("#transcript").getByText("Line 29").waitFor();
    await page.click("#keypad-toggle");
    await until(() => page.evaluate(IS_AT_THE_END), (isAtTheEnd) => isAtTheEnd === true);
    await page.setViewportSize({ width: 844, height: 390 });
    await until(() => page.evaluate(IS_AT_THE_END), (isAtTheEnd) => isAtTheEnd === true);
    say(call, 30, "The last line");
    await page.locator("#transcript").getByText("The last line").waitFor();
    await until(() => page.evaluate(IS_AT_THE_END), (isAtTheEnd) => isAtTheEnd === true);

    // Who reads what was said before is left alone.
    await page.evaluate(SCROLL_BACK);
    say(call, 31, "One more line");
    await page.locator("#transcript").getByText("One more line").waitFor();
    assert.equal(await page.evaluate(IS_AT_THE_END), false);
  },

  async "nothing is wider than a narrow screen, even in a call"(browser) {
    await using visit = await typing({ browser, width: 320, height: 568 });
    assert.equal(await visit.page.evaluate("document.documentElement.scrollWidth"), 320);
  },

  async "an unreachable server is reported, and the transcript stays"(browser) {
    await using visit = await typing({ browser, width: 390, height: 844 });
    const { page, call } = visit;
    say(call, 0, "Hello");
    await page.locator("#transcript").getByText("Hello").waitFor();
    await page.click("#stop");
    await visit.closeServer();
    // Sound needs a module that only the server has.
    await page.click("#start");
    await page.waitForSelector("#problem:not(:empty)");
    assert.match(await page.textContent("#problem") ?? "", /The server does not answer/);
    assert.ok(await page.locator("#transcript").getByText("Hello").isVisible());
    assert.equal(await page.evaluate("document.activeElement.id"), "start");
  },

  async "repeated attempts to reconnect to the model are noted once"(browser) {
    await using visit = await typing({ browser, width: 1280, height: 800 });
    const { page, call } = visit;
    for (let tries = 0; tries < 3; tries++) {
      call.leg.notify({ type: "modelLost", code: "network", recovering: true });
    }
    call.leg.notify({ type: "modelReady", afterMs: 1, again: true });
    call.leg.notify({ type: "modelLost", code: "network", recovering: true });
    say(call, 0, "Back");
    await page.locator("#transcript").getByText("Back", { exact: true }).waitFor();
    const notes = await page.locator("#transcript .note").allInnerTexts();
    assert.deepEqual(notes.map((note) => note.slice(0, 21)), [
      "The model's connectio",
      "The model is back.",
      "The model's connectio",
    ]);
  },

  async "the letter M mutes, but not as a part of the browser's own shortcuts"(browser) {
    await using visit = await typing({ browser, width: 1280, height: 800, speaks: true });
    const { page } = visit;
    await page.keyboard.press("Control+m");
    assert.equal(await page.getAttribute("#mute", "aria-pressed"), "false");
    await page.keyboard.press("m");
    assert.equal(await page.getAttribute("#mute", "aria-pressed"), "true");
  },
});

const IS_AT_THE_END = `(() => {
  const list = document.getElementById("transcript");
  return list.scrollHeight - list.scrollTop - list.clientHeight < 2;
})()`;

const SCROLL_BACK = `new Promise((resolve) => {
  const list = document.getElementById("transcript");
  list.addEventListener("scroll", resolve, { once: true });
  list.scrollTop = 0;
})`;

type Wish = NonNullable<Parameters<typeof openPage>[1]>["browser"];

/** A caller in a call, who types; or speaks into a microphone that hears nothing. */
async function typing(
  { browser, width, height, speaks = false }: {
    readonly browser: Wish & object;
    readonly width: number;
    readonly height: number;
    readonly speaks?: boolean;
  },
): Promise<
  AsyncDisposable & { page: Page; call: RecordingSession; closeServer(): Promise<void> }
> {
  const server = startWebServer({});
  const { page, close } = await openPage(server.origin, {
    browser,
    viewport: { width, height },
    ...(speaks && { microphone: "silent" }),
  });
  const button = speaks ? "#start" : "#start-typing";
  await page.waitForSelector(`${button}:enabled`);
  const next = server.nextCall();
  await page.click(button);
  const call = await next;
  await page.waitForSelector("#desk:not([hidden])");
  let closed: Promise<void> | undefined;
  const closeServer = () => closed ??= server.close();
  return {
    page,
    call,
    closeServer,
    async [Symbol.asyncDispose]() {
      await close();
      await closeServer();
    },
  };
}

function say(call: RecordingSession, position: number, text: string): void {
  call.leg.notify({
    type: "turn",
    turn: turn({ id: `item_${position}`, role: "agent", position, text }),
  });
}
