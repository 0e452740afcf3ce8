import { Conversation } from "../../../src/sim/openai/conversation.ts";
import { FaultSet } from "../../../src/sim/openai/faults.ts";
import { performClientEvent } from "../../../src/sim/openai/performClientEvent.ts";
import { Responder } from "../../../src/sim/openai/responder.ts";
import { defaultConfig } from "../../../src/sim/openai/sessionConfig.ts";
import { SessionMcp } from "../../../src/sim/openai/sessionMcp.ts";
import type { SessionState } from "../../../src/sim/openai/sessionState.ts";
import { SpeechSource } from "../../../src/sim/openai/speechSource.ts";
import { TurnDetector } from "../../../src/sim/openai/turnDetector.ts";
import type {
  ClientEvent,
  Refusal,
  ServerEvent,
  SessionConfig,
} from "../../../src/sim/openai/wire.ts";
import { createToneVoice } from "../../../src/sim/voice/toneVoice.ts";

/** A session of the simulator without socket and clock, whose items a test puts there itself. */
export interface IdleSession extends Pick<SessionState, "config" | "conversation"> {
  /** Does what a client asks about items, or says why not. */
  perform(event: ClientEvent): Refusal | void;
}

/** `emit` gets what the server says. */
export function idleSession(
  { model, ...config }: Pick<SessionConfig, "model"> & Partial<SessionConfig>,
  emit: (event: ServerEvent) => void,
): IdleSession {
  const conversation = new Conversation();
  const state: SessionState = {
    config: { ...defaultConfig(model), ...config },
    conversation,
    mcp: new SessionMcp({ conversation, emit }),
    faults: new FaultSet(),
    emit,
    refuse: () => {},
  };
  const responder = new Responder(state, {
    script: () => ({}),
    speech: new SpeechSource(createToneVoice()),
    speed: Infinity,
    nextDeltaMs: () => 200,
  }, { onStarted() {}, onEnded() {}, dropConnection() {} });
  const transcribed = { transcribe: () => undefined, transcriptionDelayMs: 0 };
  const turnDetector = new TurnDetector(state, responder, transcribed);
  const parts = { state, responder, turnDetector, configure() {}, fail() {} };
  return {
    config: state.config,
    conversation: state.conversation,
    perform: (event) => performClientEvent(event, parts),
  };
}
