import assert from "node:assert/strict";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import { writeServerSentEvent } from "../../../src/routes/eventStream.ts";
import { charactersOf } from "../../../src/services/events/eventSize.ts";
import { OwnEvent } from "../../../src/services/events/ownEvent.ts";
import { newId } from "../../../src/utils/ids.ts";

const afterMs = 86_400_000;
const itemId = "item_".padEnd(200, "x");
const end = { reason: "agent_hung_up", detail: "spoken", transferTo: "reception" } as const;

/** One of every kind, with every part that it can have. */
const events: { readonly [Type in CallEvent["type"]]: Extract<CallEvent, { type: Type }> } = {
  started: { type: "started", direction: "outbound", agent: "receptionist" },
  resumed: { type: "resumed", direction: "outbound", agent: "receptionist", afterMs },
  connected: { type: "connected", format: "pcm24k", again: true },
  modelReady: { type: "modelReady", afterMs, again: false },
  modelLost: { type: "modelLost", code: "x".repeat(200), recovering: false },
  speaking: { type: "speaking", who: "caller", on: false },
  menu: {
    type: "menu",
    step: { number: 99, atMs: afterMs, heard: "x".repeat(1000), times: 99, keys: "1w2#".repeat(8) },
  },
  hold: { type: "hold", on: false, durationMs: afterMs, withheldMs: afterMs },
  pickup: { type: "pickup", who: "screener", why: "short_greeting", atMs: afterMs },
  interrupted: { type: "interrupted", itemId, heardMs: afterMs },
  turn: {
    type: "turn",
    turn: {
      id: itemId,
      role: "caller",
      position: 1234.567890123456,
      text: "word ".repeat(20_000),
      final: false,
      interrupted: false,
      by: "keypad",
      aside: true,
      unheard: "word ".repeat(20_000),
      startedMs: afterMs,
      endedMs: afterMs,
    },
  },
  toolStarted: {
    type: "toolStarted",
    toolCallId: itemId,
    name: "x".repeat(128),
    arguments: "x".repeat(200_000),
  },
  toolEnded: {
    type: "toolEnded",
    toolCallId: itemId,
    name: "x".repeat(128),
    ok: false,
    output: "x".repeat(100_000),
    durationMs: afterMs,
  },
  latency: {
    type: "latency",
    itemId,
    latency: { responseMs: 1234, firstAudioMs: 1234, firstHeardMs: 1234, totalMs: 1234 },
  },
  usage: {
    type: "usage",
    usage: {
      inputText: 9_999_999,
      inputAudio: 9_999_999,
      cachedText: 9_999_999,
      cachedAudio: 9_999_999,
      outputText: 9_999_999,
      outputAudio: 9_999_999,
    },
  },
  compacted: { type: "compacted", role: "caller", audioMs: afterMs, characters: 100_000 },
  transcriptionUsage: {
    type: "transcriptionUsage",
    usage: { unit: "tokens", input: 9_999_999, output: 9_999_999 },
  },
  digits: { type: "digits", digits: "1".repeat(100), sensitive: false },
  optedOut: { type: "optedOut", by: "word", words: "stop calling me" },
  mustHear: {
    type: "mustHear",
    name: "recording",
    text: "This call is recorded. ".repeat(20),
    times: 5,
    heard: true,
    fromMs: afterMs,
    toMs: afterMs,
  },
  redacted: { type: "redacted", side: "caller", fromMs: afterMs, toMs: afterMs },
  recording: {
    type: "recording",
    state: "paused",
    atMs: afterMs,
    by: "operator",
    spans: Array.from(
      { length: 200 },
      () => ({ kind: "recorded", fromMs: afterMs, toMs: afterMs }),
    ),
    consent: {
      kind: "agreed",
      atMs: afterMs,
      announcement: "This call is recorded. ".repeat(20),
      words: "Yes, that is fine with me.",
    },
  },
  notice: { type: "notice", code: "machine_verdict_not_obeyed" },
  closing: { type: "closing", end },
  handoff: {
    type: "handoff",
    from: "receptionist",
    to: "billing",
    title: "Billing",
    version: "0123456789abcdef",
    reason: "A wrong invoice.",
    facts: "The invoice is number 4711.",
  },
  transfer: {
    type: "transfer",
    number: 1,
    alias: "reception",
    mode: "cold",
    step: "failed",
    why: "no_answer",
  },
  handedOver: { type: "handedOver" },
  listeningStarted: { type: "listeningStarted", id: "listener_1", by: "ops" },
  listeningEnded: { type: "listeningEnded", id: "listener_1", by: "ops" },
  ended: { type: "ended", end, durationMs: afterMs },
};

Deno.test("the size of an event is at least that of its text, and not much more", () => {
  const origin = newId("inst");
  const callId = newId("call");
  for (const event of Object.values(events)) {
    const own = new OwnEvent(origin, undefined, { id: 9_999_999, callId, atMs: Date.now(), event });
    const { length } = writeServerSentEvent(own, `${origin}-9999999`);
    const size = charactersOf(event);
    assert.ok(size >= length, `${event.type} counts ${size} and has ${length} characters`);
    assert.ok(size <= length + 400, `${event.type} counts ${size} and has ${length} characters`);
  }
});
