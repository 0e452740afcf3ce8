import assert from "node:assert/strict";
import { callerAnswer } from "../../../src/call/heard/callerAnswer.ts";
import { CallDriver, type CallDriverOptions } from "./callDriver.ts";

/** Something that happens to a call with a tool that needs a yes; `pick` is read by each in its own way. */
export interface ConfirmStep {
  readonly kind: (typeof confirmSteps)[number];
  readonly pick: number;
}

export const confirmSteps = [
  "callTool",
  "callTool",
  "callOther",
  "speak",
  "sayAsked",
  "sayAsked",
  "sayAsked",
  "sayWrong",
  "pass",
  "pass",
  "hearOut",
  "hearOut",
  "callerStarts",
  "callerStops",
  "callerStops",
  "words",
  "words",
  "type",
  "press",
  "modelLost",
  "modelReady",
  "modelReady",
  "loseLeg",
  "joinLeg",
  "joinLeg",
] as const;

const DAYS = ["Friday", "Monday"] as const;
const WORDS = ["yes", "no", "maybe later", "yes please", "what?", ""] as const;
const SENTENCE = "This call is recorded.";
/** How well the end of something is known, and how finely this test looks. */
const UNSURE_MS = 190;
const LOOK_MS = 20;

interface Item {
  readonly id: string;
  readonly text: string;
  readonly ms: number;
  /** When the line had played all of it but its fading end. */
  heardAt?: number;
}

interface Turn {
  readonly id: string;
  readonly beganAt: number;
  text?: string;
  isSpent: boolean;
}

/** A call whose every tool run is held against what the line has played and what the caller has said since. */
export class ConfirmingCall {
  readonly call: CallDriver;
  readonly #items: Item[] = [];
  readonly #turns: Turn[] = [];
  #open: Turn | undefined;
  #serial = 0;
  #checked = 0;
  #asked = 0;
  #ready = true;
  #joined = true;
  #runs = 0;

  constructor(options: CallDriverOptions) {
    this.call = new CallDriver({
      ...options,
      languages: ["en"],
      toolPolicies: { book: { confirm: { question: "Shall I book {{day}}?" } } },
      mustHear: { recording: { text: SENTENCE, at: "start" } },
    }).live();
  }

  get runs(): number {
    return this.#runs;
  }

  take({ kind, pick }: ConfirmStep): void {
    const { call } = this;
    switch (kind) {
      case "pass":
        return this.#pass(pick % 1500);
      case "hearOut":
        return this.#pass(2600);
      case "callerStarts":
        if (this.#open !== undefined || !this.#ready) return;
        this.#open = { id: call.callerStarts(), beganAt: call.now, isSpent: false };
        this.#turns.push(this.#open);
        return this.#check();
      case "callerStops":
        if (this.#open === undefined) return;
        this.#open = undefined;
        if (this.#ready) call.callerStops();
        return this.#check();
      case "words": {
        const turn = this.#turns.find((one) => one.id !== "" && one.text === undefined);
        if (turn === undefined || turn === this.#open) return;
        turn.text = WORDS[pick % WORDS.length]!;
        call.input({ type: "callerText", itemId: turn.id, text: turn.text, final: true });
        return this.#check();
      }
      case "type": {
        const text = WORDS[pick % 4]!;
        this.#turns.push({ id: "", beganAt: call.now, text, isSpent: false });
        call.input({ type: "typed", text });
        return this.#check();
      }
      case "press":
        this.#turns.push({ id: "", beganAt: call.now, text: "yes", isSpent: false });
        call.press(pick % 2 === 0 ? "1#" : "2#");
        return this.#check();
      case "modelLost":
        if (!this.#ready || pick % 4 !== 0) return;
        this.#ready = false;
        call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
        return this.#pass(50);
      case "modelReady":
        if (this.#ready) return;
        this.#ready = true;
        call.ready();
        return this.#check();
      case "loseLeg":
        if (!this.#joined || pick % 4 !== 0) return;
        this.#joined = false;
        return call.lose();
      case "joinLeg":
        if (this.#joined) return;
        this.#joined = true;
        call.join();
        return this.#check();
      default:
        if (this.#ready) this.#model(kind, pick);
    }
  }

  /** The caller hangs up: every sentence is proven, and rightly so, or reported not to have been heard. */
  close(): void {
    this.call.input({ type: "left", end: { reason: "caller_hung_up" } });
    const proof = this.call.events("mustHear").at(-1);
    assert.ok(proof !== undefined, "nothing is known of the sentence");
    if (!proof.heard) return;
    const isHeard = this.#items.some(({ text, heardAt }) => text === SENTENCE && heardAt);
    assert.ok(isHeard, "a sentence is proven that the line has not played");
    assert.ok(proof.fromMs <= proof.toMs && proof.toMs <= this.call.now + 1);
  }

  #model(kind: ConfirmStep["kind"], pick: number): void {
    const { call } = this;
    switch (kind) {
      case "callTool":
      case "callOther": {
        const day = DAYS[kind === "callTool" ? 0 : 1];
        const tool = { callId: `call_${++this.#serial}`, name: "book" };
        const of = { tools: [{ ...tool, arguments: JSON.stringify({ day }) }] };
        call.finish(call.begin(), "completed", of);
        return this.#check();
      }
      case "speak":
        return this.#speak(undefined, "Let me see.", 500 + pick % 1500);
      case "sayAsked":
      case "sayWrong": {
        const asked = this.#takeAsked();
        if (asked === undefined) return;
        const words = /nothing else: "(.*)"$/s.exec(asked)?.[1] ?? "";
        const isWrong = kind === "sayWrong" && pick % 3 === 0;
        return this.#speak("say", isWrong ? "All right." : words, 1200 + pick % 1200);
      }
    }
  }

  /** What is asked for word for word, once. */
  #takeAsked(): string | undefined {
    const { commands } = this.call;
    const from = this.#asked;
    this.#asked = commands.length;
    const latest = commands.slice(from).flatMap((one) =>
      one.type === "model" && one.request.type === "respond" ? [one.request.request] : []
    ).at(-1);
    return latest?.purpose === "say" ? latest.instructions : undefined;
  }

  #speak(purpose: "say" | undefined, text: string, ms: number): void {
    const { call } = this;
    const item: Item = { id: `item_${++this.#serial}`, text, ms };
    this.#items.push(item);
    const id = call.begin(purpose);
    call.say(id, item.id, ms, text);
    call.finish(id);
    this.#check();
  }

  #pass(ms: number): void {
    for (let left = ms; left > 0; left -= LOOK_MS) {
      this.call.advance(Math.min(left, LOOK_MS));
      this.#check();
    }
  }

  #check(): void {
    const { call } = this;
    for (const item of this.#items) {
      if (item.heardAt !== undefined) continue;
      const played = call.line.heard.filter(({ itemId }) => itemId === item.id);
      const playedMs = played.reduce((sum, { ms }) => sum + ms, 0);
      if (playedMs >= item.ms - UNSURE_MS) item.heardAt = call.now - LOOK_MS;
    }
    for (; this.#checked < call.commands.length; this.#checked++) {
      const command = call.commands[this.#checked]!;
      if (command.type === "runTool") this.#ran(command.call.arguments);
    }
  }

  #ran(args: string): void {
    this.#runs++;
    const { day } = JSON.parse(args);
    const questions = this.#items.filter(({ text }) => text === `Shall I book ${day}?`);
    const turn = this.#turns.find((one) =>
      !one.isSpent && one.text !== undefined && callerAnswer(one.text, ["en"]) === "yes" &&
      questions.some(({ heardAt = Infinity }) => heardAt <= one.beganAt)
    );
    assert.ok(turn !== undefined, `book ${day} runs without a yes that began after its question`);
    turn.isSpent = true;
  }
}
