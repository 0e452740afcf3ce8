import { STAYS_MS } from "../../../src/call/ending/answeringMachine.ts";
import { LineEar } from "../../../src/services/outbound/amd/lineEar.ts";
import type { PickupChange } from "../../../src/services/outbound/amd/pickupChange.ts";
import { PickupJudge } from "../../../src/services/outbound/amd/pickupJudge.ts";
import { ConversationEvidence } from "../../../src/services/outbound/amd/conversationEvidence.ts";
import { AnswerJudge } from "../../../src/sim/twilio/callee/answerJudge.ts";
import { Callee } from "../../../src/sim/twilio/callee/callee.ts";
import type { PhoneEvent } from "../../../src/sim/twilio/call/callEvents.ts";
import type { CalleePlan } from "../../../src/sim/twilio/callee/calleePlan.ts";
import { SpeechQueue } from "../../../src/sim/twilio/media/speechQueue.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";
import type { Voice } from "../../../src/sim/voice/voice.ts";
import { SteppedClock } from "./steppedClock.ts";

export interface PickupOptions {
  readonly plan: CalleePlan;
  readonly voice: Voice;
  readonly seed: number;
  /** Whether what the far end says becomes known in words, some time after it was said. */
  readonly transcribed: boolean;
  /** Whether the carrier's detection listens too. */
  readonly detection: boolean;
  /** The words of audio that is played to the line, where they are known. */
  readonly wordsOfAudio?: string;
}

/** What an agent did at a number. */
export interface PickupResult {
  /** What it did last: talked as with a person, left a message, hung up on a fax, or only waited. */
  readonly treated: "person" | "machine" | "screener" | "fax" | "nobody";
  /** Whether it talked to a screener first. */
  readonly screened: boolean;
  readonly declined: boolean;
  /** From the beginning of the far end's sound until a machine was found; absent where none was. */
  readonly machineAfterMs?: number;
  /** Silence of the far end before the agent's first word to a person. */
  readonly waitedMs?: number;
  /** Whether the agent began to speak while the far end spoke its greeting. */
  readonly talkedOver: boolean;
  /** What is on the tape: nothing, the message alone and whole, a part of it, or something besides. */
  readonly tape: "none" | "alone" | "part" | "besides";
}

const FRAME_MS = 20;
const LONGEST_MS = 75_000;
const DISTURBED_MS = 15_000;
/** A model's first sound after it was asked. */
const MODEL_MS = 500;
const GREETING_MS = 2_500;
const MESSAGE_MS = 6_000;
const SENTENCE_MS = 3_500;
/** The words of a turn become known that long after its end, which is known after a silence. */
const TURN_MS = 500;
const WORDS_MS = 700;

/** How what the agent says looks on a tape. */
const GREETING = 0x10;
const MESSAGE = 0x20;

/** Plays one pick-up in simulated time, with an agent that does what the judge finds. */
export async function tryPickup(options: PickupOptions): Promise<PickupResult> {
  const { plan, voice, seed, transcribed, detection } = options;
  const clock = new SteppedClock();
  const over = new AbortController();
  const listeners = new Set<(event: PhoneEvent) => void>();
  const emit = (event: { readonly type: "speaking" | "quiet" }) => {
    for (const listener of listeners) listener({ ...event, atMs: clock.now() });
  };
  const said: { readonly words: string; readonly atMs: number }[] = [];
  const agentTrack = new Uint8Array(LONGEST_MS * 8).fill(0xff);
  const callee = new Callee({
    clock,
    random: createRandom(seed),
    signal: over.signal,
    speech: new SpeechQueue(),
    watch: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    voice: () => voice,
    heardLately: () => new Uint8Array(),
    heardBetween: (fromMs, toMs) => agentTrack.slice(fromMs * 8, Math.round(toMs) * 8),
    talkMs: () => clock.now(),
    press: () => Promise.resolve(),
    hangUp: () => over.abort(),
    emit: (event) => {
      if (event.type !== "callee") return;
      const words = /^says "([\s\S]*)"$/.exec(event.does)?.[1] ??
        (event.does === "plays a recording" ? options.wordsOfAudio : undefined);
      if (words !== undefined) said.push({ words, atMs: clock.now() });
    },
  }, plan);

  const ear = new LineEar();
  const judge = new PickupJudge({ transcribes: transcribed });
  const evidence = new ConversationEvidence();
  const carrier = detection ? new AnswerJudge({ mode: "DetectMessageEnd" }) : undefined;
  const agent: Agent = { queue: [], says: undefined };
  let treated: PickupResult["treated"] = "nobody";
  let screened = false;
  let declined = false;
  let talkedOver = false;
  let machineAfterMs: number | undefined;
  let waitedMs: number | undefined;
  let firstSoundMs: number | undefined;
  let isOver = false;
  let turns = 0;
  let turn: { readonly id: string; readonly beganMs: number; quietMs: number } | undefined;
  let lastSpeechMs = 0;
  let greeted = false;
  let isCarrierDone = false;
  let isGuess = false;
  let staysUntilMs = Infinity;

  function ask(what: AgentSpeech["what"], ms: number): void {
    agent.queue = [{ what, dueMs: clock.now() + MODEL_MS, ms }];
  }

  function stopAgent(): void {
    agent.queue = [];
    if (agent.says === undefined) return;
    agent.says = undefined;
    emit({ type: "quiet" });
  }

  function act(change: PickupChange | undefined): void {
    switch (change?.type) {
      case undefined:
        return;
      case "messageDisturbed":
        if (staysUntilMs !== Infinity) staysUntilMs = clock.now() + DISTURBED_MS;
        return stopAgent();
      case "messageDue":
        stopAgent();
        isGuess = change.isGuess;
        staysUntilMs = Infinity;
        judge.leaves();
        return ask("message", MESSAGE_MS);
      case "declined":
        declined = true;
        isOver = true;
        return;
      case "found":
        return found(change.who);
    }
  }

  function found(who: Extract<PickupChange, { readonly type: "found" }>["who"]): void {
    if (who === "fax") {
      treated = "fax";
      isOver = true;
      return;
    }
    stopAgent();
    staysUntilMs = Infinity;
    if (who === "machine") machineAfterMs ??= clock.now() - (firstSoundMs ?? clock.now());
    if (who === "screener") {
      screened = true;
      treated = "screener";
      return ask("sentence", SENTENCE_MS);
    }
    if (who === "person") ask("greeting", GREETING_MS);
  }

  function agentBegins({ what, ms }: AgentSpeech, isSpeech: boolean): void {
    agent.says = { what, untilMs: clock.now() + ms };
    emit({ type: "speaking" });
    if (what !== "greeting") return;
    treated = "person";
    if (greeted) return;
    greeted = true;
    waitedMs = clock.now() - lastSpeechMs;
    talkedOver ||= isSpeech;
  }

  function agentEnds(what: AgentSpeech["what"]): void {
    emit({ type: "quiet" });
    if (what === "message") {
      treated = "machine";
      if (isGuess) staysUntilMs = clock.now() + STAYS_MS;
      else isOver = true;
    } else if (what === "sentence") judge.answered();
    else {
      const atMs = clock.now();
      evidence.handleEvent({
        type: "turn",
        turn: { ...agentTurn, id: `agent ${atMs}`, startedMs: atMs, endedMs: atMs },
      });
    }
  }

  let isSpeech = false;
  callee.line.listen((frame) => {
    const sound = ear.hear(frame);
    isSpeech = sound.isSpeech;
    if (isSpeech) {
      firstSoundMs ??= clock.now();
      lastSpeechMs = clock.now();
    }
    act(judge.hear(sound));
    const word = isCarrierDone ? undefined : carrier?.hear(frame);
    if (word !== undefined) {
      isCarrierDone = true;
      act(judge.detected(word));
    }
  });
  callee.answer();
  const goesOn = () => !isOver && clock.now() < Math.min(staysUntilMs, LONGEST_MS - 1000);
  while (goesOn() && !over.signal.aborted) {
    await clock.step(FRAME_MS);
    if (isSpeech && turn === undefined) {
      turn = { id: `turn ${++turns}`, beganMs: clock.now(), quietMs: 0 };
      evidence.handleEvent({ type: "speaking", who: "caller", on: true });
      if (transcribed) judge.wordsToCome();
      // A person who is greeted silences the agent by speaking.
      if (agent.says?.what === "greeting") stopAgent();
    } else if (turn !== undefined) {
      turn.quietMs = isSpeech ? 0 : turn.quietMs + FRAME_MS;
      if (turn.quietMs >= TURN_MS) {
        const { id, beganMs } = turn;
        turn = undefined;
        const isIn = said.filter(({ atMs }) => atMs <= lastSpeechMs);
        const text = said.splice(0, isIn.length).map(({ words }) => words).join(" ");
        if (transcribed) {
          clock.at(
            clock.now() + WORDS_MS,
            () => act(judge.said(id, text, turn !== undefined, clock.now() - beganMs)),
          );
        }
        if (evidence.conversing && judge.who === "person") judge.conversing();
        const isTalk = judge.who === "person" && greeted && agent.says === undefined;
        if (isTalk) ask("greeting", GREETING_MS);
      }
    }
    const next = agent.queue[0];
    if (next !== undefined && clock.now() >= next.dueMs) {
      agent.queue = [];
      agentBegins(next, isSpeech);
    }
    const { says } = agent;
    if (says === undefined) continue;
    const sound = says.what === "message" ? MESSAGE : GREETING;
    agentTrack.fill(sound, (clock.now() - FRAME_MS) * 8, clock.now() * 8);
    if (clock.now() < says.untilMs) continue;
    agent.says = undefined;
    agentEnds(says.what);
  }
  const tapes = callee.tapes;
  over.abort();
  return {
    treated,
    screened,
    declined,
    talkedOver,
    tape: tapeOf(tapes.map(({ audio }) => audio)),
    ...(machineAfterMs !== undefined && { machineAfterMs }),
    ...(waitedMs !== undefined && { waitedMs }),
  };
}

function tapeOf(tapes: readonly Uint8Array[]): PickupResult["tape"] {
  const tape = tapes.at(-1);
  if (tape === undefined || tape.every((code) => code === 0xff)) return "none";
  if (tape.includes(GREETING)) return "besides";
  const ms = tape.filter((code) => code === MESSAGE).length / 8;
  return Math.abs(ms - MESSAGE_MS) <= 2 * FRAME_MS ? "alone" : ms > MESSAGE_MS ? "besides" : "part";
}

interface AgentSpeech {
  readonly what: "greeting" | "sentence" | "message";
  readonly dueMs: number;
  readonly ms: number;
}

interface Agent {
  queue: readonly AgentSpeech[];
  says: { readonly what: AgentSpeech["what"]; readonly untilMs: number } | undefined;
}

const agentTurn = {
  role: "agent",
  position: 0,
  text: "Hello, this is the desk.",
  final: true,
  interrupted: false,
  by: "voice",
} as const;
