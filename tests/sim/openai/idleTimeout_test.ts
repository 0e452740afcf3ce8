import assert from "node:assert/strict";
import { Conversation } from "../../../src/sim/openai/conversation.ts";
import { FaultSet } from "../../../src/sim/openai/faults.ts";
import { TurnDetector } from "../../../src/sim/openai/turnDetector.ts";
import { Responder } from "../../../src/sim/openai/responder.ts";
import { defaultConfig } from "../../../src/sim/openai/sessionConfig.ts";
import { SessionMcp } from "../../../src/sim/openai/sessionMcp.ts";
import { SpeechSource } from "../../../src/sim/openai/speechSource.ts";
import { createToneVoice } from "../../../src/sim/voice/toneVoice.ts";
import type { ServerEvent, SessionConfig } from "../../../src/sim/openai/wire.ts";
import { Inbox } from "../../support/inbox.ts";

Deno.test("after an idle timeout the silence is committed and the model asks", async () => {
  const { causes, events, turnDetector, responder } = idleAfter(20);
  turnDetector.awaitIdle(10);
  await events.find(({ type }) => type === "response.done");
  assert.deepEqual(causes, ["idle"]);
  assert.deepEqual(events.all.slice(0, 4).map(({ type }) => type), [
    "input_audio_buffer.timeout_triggered",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
  ]);
  turnDetector.close();
  responder.close();
});

Deno.test("speech stops the idle timer", () => {
  const { events, turnDetector } = idleAfter(20);
  turnDetector.awaitIdle(0);
  turnDetector.startSpeech();
  // The test's own sanitizer would find a timer that still runs.
  assert.deepEqual(events.all.map(({ type }) => type), ["input_audio_buffer.speech_started"]);
});

Deno.test("without an idle timeout nothing is waited for", () => {
  const { events, turnDetector } = idleAfter(null);
  turnDetector.awaitIdle(0);
  assert.deepEqual(events.all, []);
});

function idleAfter(idle_timeout_ms: number | null) {
  const events = new Inbox<ServerEvent>();
  const causes: string[] = [];
  const conversation = new Conversation();
  const emit = (event: ServerEvent) => events.add(event);
  const state = {
    config: configWith(idle_timeout_ms),
    conversation,
    mcp: new SessionMcp({ conversation, emit }),
    faults: new FaultSet(),
    emit,
    refuse: () => {},
  };
  const responder = new Responder(state, {
    script: ({ cause }) => (causes.push(cause.type), {}),
    speech: new SpeechSource(createToneVoice()),
    speed: 100,
    nextDeltaMs: () => 200,
  }, { onStarted: () => {}, onEnded: () => {}, dropConnection: () => {} });
  const options = { transcribe: () => "", transcriptionDelayMs: 0 };
  return { causes, events, responder, turnDetector: new TurnDetector(state, responder, options) };
}

/** Shorter than the wire allows, so that the test need not wait for five seconds. */
function configWith(idle_timeout_ms: number | null): SessionConfig {
  const config = defaultConfig("gpt-realtime-2.1");
  const turn_detection = {
    type: "server_vad",
    create_response: true,
    interrupt_response: true,
    idle_timeout_ms,
  } as const;
  return {
    ...config,
    audio: { ...config.audio, input: { ...config.audio.input, turn_detection } },
  };
}
