import assert from "node:assert/strict";
import type { TranscriptTurn } from "../../src/call/callEvent.ts";
import { browserTest, browserTestInBoth } from "../support/browser/browser.ts";
import {
  playedOf,
  speak,
  type TalkVisit,
  type TalkVisitOptions,
  visitTalk,
} from "../support/browser/talkVisit.ts";
import { turn } from "../support/store/storedCalls.ts";

const BYTES_PER_MS = 48;
/** One render quantum at 24 kHz, rounded up. */
const QUANTUM_MS = 6;

function lineOf(id: string, position: number, more: Partial<TranscriptTurn>): TranscriptTurn {
  return turn({ id, position, role: "agent", text: "", ...more });
}

/** A test of the page in a browser of its own, with a server whose calls only record. */
function talkTest(
  name: string,
  options: TalkVisitOptions,
  run: (visit: TalkVisit) => Promise<void>,
  register = browserTest,
): void {
  register(name, () => visitTalk(options, run));
}

talkTest("page loads without errors or policy violations", {}, async ({ page, complaints }) => {
  await page.waitForSelector("#start:enabled");
  assert.equal(await page.textContent("#engine"), "Rehearsal engine");
  assert.equal(await page.locator("#agent option").count(), 2);
  assert.deepEqual(complaints, []);
});

talkTest(
  "page sends the microphone's audio in frames of 20 ms at 24 kHz",
  {},
  async ({ begin, complaints }) => {
    const call = await begin();
    const frames = () => call.frames.map((frame) => Uint8Array.fromBase64(frame));
    await call.until(() => frames().some((frame) => loudness(frame) > 0.02));
    for (const frame of frames()) assert.equal(frame.length, 20 * BYTES_PER_MS);

    // The two sound clocks run alike, so the microphone's frames can be counted against playback.
    speak(call, "a", 2500);
    const playedMs = () => playedOf(call, "a").at(-1) ?? 0;
    await call.until(() => playedMs() >= 200);
    const from = { playedMs: playedMs(), frames: call.frames.length };
    await call.until(() => playedMs() >= 2200);
    const frameMs = (playedMs() - from.playedMs) / (call.frames.length - from.frames);
    // At another rate it would be 10 or 40; both clocks stumble where the machine is busy.
    assert.ok(frameMs > 13 && frameMs < 33, `a frame every ${frameMs} ms`);
    assert.deepEqual(complaints, []);
  },
  browserTestInBoth,
);

talkTest("case 60: the page sends silence while it is muted", {}, async ({ page, begin }) => {
  const call = await begin();
  await call.until(() => call.frames.length > 10);
  await page.click("#mute");
  assert.equal(await page.textContent("#status"), "You are muted");
  assert.equal(await page.getAttribute("#mute", "aria-pressed"), "true");
  // What was heard before is still on its way for a while.
  const silent = new Uint8Array(20 * BYTES_PER_MS).toBase64();
  const from = call.frames.length;
  await call.until(() =>
    call.frames.length > from + 40 && call.frames.slice(-40).every((frame) => frame === silent)
  );
  await page.click("#mute");
  assert.equal(await page.textContent("#status"), "Listening");
  await call.until(() => call.frames.at(-1) !== silent);
}, browserTestInBoth);

talkTest(
  "page plays each item and reports how much of it was rendered",
  {},
  async ({ begin, complaints }) => {
    const call = await begin();
    speak(call, "a", 600);
    speak(call, "b", 300);
    await call.until(() => playedOf(call, "b").includes(300));
    for (const [itemId, totalMs] of [["a", 600], ["b", 300]] as const) {
      const played = playedOf(call, itemId);
      assert.deepEqual(played, played.toSorted((x, y) => x - y));
      assert.equal(played.at(-1), totalMs);
    }
    assert.ok(playedOf(call, "a").length >= 5, `${playedOf(call, "a")}`);
    assert.deepEqual(complaints, []);
  },
);

talkTest(
  "page falls silent at clear and reports the position within one quantum",
  {},
  async ({ page, begin }) => {
    const call = await begin();
    const totalMs = 30_000;
    speak(call, "a", totalMs);
    await call.until(() => (playedOf(call, "a").at(-1) ?? 0) >= 500);
    // The agent's level is shown.
    await page.waitForFunction(`${COUNT_AGENT_DOTS} > 0`);
    call.leg.clear();
    await call.until(() => call.inputs.some((input) => input.type === "rendered" && input.cleared));
    const answer = call.inputs.findLast((input) => input.type === "rendered");
    const stoppedAt = answer?.type === "rendered" ? answer.ms : NaN;
    assert.ok(stoppedAt < totalMs, `stopped at ${stoppedAt} ms`);

    speak(call, "b", 200);
    await call.until(() => playedOf(call, "b").includes(200));
    assert.equal(playedOf(call, "a").at(-1), stoppedAt);
    const before = playedOf(call, "a").at(-2) ?? 0;
    assert.ok(stoppedAt - before <= 100 + 2 * QUANTUM_MS, `${before}, then ${stoppedAt}`);
  },
);

talkTest(
  "page shows the transcript in order, cut off where the caller interrupted",
  {},
  async ({ page, begin, complaints }) => {
    const { leg } = await begin();
    const latency = { responseMs: 300, firstAudioMs: 200, totalMs: 500 };
    leg.notify({ type: "turn", turn: lineOf("b", 1, { role: "caller", text: "Go forward" }) });
    leg.notify({
      type: "turn",
      turn: lineOf("a", 0, { text: "Hello, how can I", final: false }),
    });
    leg.notify({ type: "turn", turn: lineOf("a", 0, { text: "Hello, how", interrupted: true }) });
    leg.notify({ type: "toolStarted", toolCallId: "t", name: "get_current_time", arguments: "" });
    leg.notify({
      type: "toolEnded",
      toolCallId: "t",
      name: "get_current_time",
      ok: true,
      output: "",
      durationMs: 12,
    });
    leg.notify({ type: "latency", itemId: "c", latency });
    leg.notify({ type: "turn", turn: lineOf("c", 2, { text: "<b>Ten</b> metres." }) });
    leg.notify({ type: "latency", itemId: "a", latency: { ...latency, totalMs: 900 } });
    await page.waitForSelector(".margin:text-is('900 ms')");
    const rows = await page.locator("#transcript li").allInnerTexts();
    assert.deepEqual(rows.map((row) => row.replace(/\s+/g, " ").trim()), [
      "Agent Hello, how cut off here 900 ms",
      "You Go forward",
      "uses get_current_time 12 ms",
      "Agent <b>Ten</b> metres. 500 ms",
    ]);
    assert.deepEqual(complaints, []);
  },
);

talkTest(
  "page shows who is speaking and lets the caller interrupt",
  {},
  async ({ page, begin }) => {
    const call = await begin();
    await page.waitForSelector("#status:text-is('Listening')");
    assert.ok(await page.isDisabled("#interrupt"));
    call.leg.notify({ type: "speaking", who: "agent", on: true });
    await page.waitForSelector("#interrupt:enabled");
    assert.equal(await page.textContent("#status"), "The agent is speaking");
    await page.keyboard.press("Escape");
    await call.given("interruptAsked");
  },
);

talkTest("page sends typed texts and pressed keys, even without a microphone", {
  microphone: "refused",
}, async ({ page, begin }) => {
  const call = await begin("#start-typing");
  await page.fill("#text", "what time is it");
  await page.keyboard.press("Enter");
  assert.equal((await call.given("typed")).text, "what time is it");
  assert.equal(await page.inputValue("#text"), "");
  await page.click("#keypad-toggle");
  await page.click("#keypad button:text-is('#')");
  assert.equal((await call.given("digit")).digit, "#");
  assert.equal(call.frames.length, 0);
});

talkTest(
  "page reports a refused microphone, and offers to type",
  { microphone: "refused" },
  async ({ page }) => {
    await page.waitForSelector("#start:enabled");
    await page.click("#start");
    await page.waitForSelector("#problem:not(:empty)");
    assert.match(await page.textContent("#problem") ?? "", /microphone was refused.*or type/);
    assert.ok(await page.isEnabled("#start-typing"));
  },
  browserTestInBoth,
);

talkTest("page reports a missing microphone", { microphone: "absent" }, async ({ page }) => {
  await page.waitForSelector("#start:enabled");
  await page.click("#start");
  await page.waitForSelector("#problem:not(:empty)");
  assert.match(await page.textContent("#problem") ?? "", /No microphone was found.*or type/);
});

talkTest(
  "page from plain http says what is missing, and lets the caller type",
  { authenticate: () => ({ name: "page" }), host: "plain.test" },
  async ({ page, begin }) => {
    await page.fill("#key", "key");
    await page.waitForSelector("#start:enabled");
    await page.click("#start");
    await page.waitForSelector("#problem:not(:empty)");
    assert.match(await page.textContent("#problem") ?? "", /only to pages from https/);
    const call = await begin("#start-typing");
    speak(call, "a", 600);
    await call.until(() => playedOf(call, "a").includes(600));
  },
);

talkTest(
  "page shows why the call ended, and can start another",
  {},
  async ({ page, begin }) => {
    const call = await begin();
    call.end({ reason: "idle" });
    await page.waitForSelector("[data-phase=ended]");
    assert.match(await page.textContent("#status") ?? "", /^The call ended after a long silence/);
    const again = await begin();
    assert.notEqual(again, call);
    await page.click("#stop");
    assert.deepEqual((await again.given("left")).end, { reason: "caller_hung_up" });
    assert.match(await page.textContent("#status") ?? "", /^You hung up\./);
  },
);

talkTest(
  "page asks for the API key where the server requires one, and reports a wrong one",
  { authenticate: (secret) => secret === "right" ? { name: "page" } : undefined },
  async ({ page, begin }) => {
    await page.waitForSelector("#key");
    await page.fill("#key", "wrong");
    await page.click("#start");
    await page.waitForSelector("#problem:not(:empty)");
    assert.match(await page.textContent("#problem") ?? "", /API key/);
    await page.fill("#key", "right");
    const call = await begin();
    assert.equal(call.request.keyName, "page");
  },
);

/** Root mean square of PCM16, 0..1. */
function loudness(frame: Uint8Array<ArrayBuffer>): number {
  const samples = new Int16Array(frame.buffer);
  return Math.sqrt(samples.reduce((sum, s) => sum + (s / 32768) ** 2, 0) / samples.length);
}

/** Run in the page: how many dots of the lower half of the level display are drawn strongly. */
const COUNT_AGENT_DOTS = `(() => {
  const canvas = document.querySelector("canvas");
  const from = Math.floor(canvas.height * 0.65);
  const { data } = canvas.getContext("2d")
    .getImageData(0, from, canvas.width, canvas.height - from);
  return data.filter((value, i) => i % 4 === 3 && value > 200).length;
})()`;
