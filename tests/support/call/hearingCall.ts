import assert from "node:assert/strict";
import type { ResponsePurpose, ResponseStatus } from "../../../src/call/realtimeClient.ts";
import { policy } from "../twilio/policy.ts";
import { CallDriver, type CallDriverOptions } from "./callDriver.ts";

/** Something that happens to a call in which there is much to be heard; `pick` is read by each in its own way. */
export interface HearingStep {
  readonly kind: (typeof hearingSteps)[number];
  readonly pick: number;
}

export const hearingSteps = [
  "respond",
  "respond",
  "respond",
  "sound",
  "sound",
  "finish",
  "finish",
  "breakOff",
  "hearOut",
  "hearOut",
  "pass",
  "nearEnd",
  "nearEnd",
  "blurt",
  "callerStarts",
  "callerStops",
  "callerStops",
  "words",
  "type",
  "press",
  "say",
  "lookUp",
  "lookUp",
  "comesBack",
  "comesBack",
  "comesTwice",
  "quick",
  "order",
  "endCall",
  "handOff",
  "modelLost",
  "modelReady",
  "modelReady",
  "rotates",
  "loseLeg",
  "joinLeg",
  "joinLeg",
] as const;

const SENTENCES: Readonly<Record<string, string>> = {
  recording: "This call is recorded for training.",
  price: "It costs forty dollars a month.",
  rights: "You can cancel within a day.",
};
const MUST_HEAR = {
  recording: { text: SENTENCES.recording!, at: "start" },
  price: { text: SENTENCES.price!, at: "asked" },
  rights: { text: SENTENCES.rights!, at: "end" },
} as const;
const TOOLS = {
  look_up: { isAsync: true },
  order: { afterHeard: ["price"], confirm: { question: "Shall I order {{what}} for you?" } },
};
const QUESTION = "Shall I order soap for you?";
/** How well the end of something is known, and how finely this test looks. */
const UNSURE_MS = 190;
const LOOK_MS = 20;

interface Item {
  readonly id: string;
  readonly text: string;
  /** As long as the words take to be spoken, whatever came of that. */
  readonly fullMs: number;
  readonly news: readonly string[];
  /** When the line had played all of it but its fading end. */
  heardAt?: number;
}

interface Speaking {
  readonly responseId: string;
  readonly purpose: ResponsePurpose | undefined;
  readonly item: Item;
  producedMs: number;
}

/**
 * A call whose model speaks as it goes, its words ahead of its sound, with sentences that must be heard, a
 * question, and a tool that runs beside the conversation; all of it is held against what the line has played.
 */
export class HearingCall {
  readonly call: CallDriver;
  readonly #items: Item[] = [];
  #speaking: Speaking | undefined;
  #serial = 0;
  #checked = 0;
  #ready = true;
  #joined = true;
  #standby: "none" | "opening" | "ready" = "none";
  #openTurn: string | undefined;
  #wordless: string[] = [];
  /** What is asked of the model and has not begun, with what it knows then. */
  #asked: { readonly purpose: ResponsePurpose; readonly text: string | undefined } | undefined;
  readonly #away = new Set<string>();
  readonly #back: string[] = [];
  /** News that this model has been told of; which of it the caller has heard is known by the items. */
  readonly #known = new Set<string>();
  #knownWhenAsked: ReadonlySet<string> = new Set();
  readonly #ended: string[] = [];
  #runs = 0;
  #isOther = false;
  proofs = 0;
  told = 0;

  constructor(options: CallDriverOptions) {
    this.call = new CallDriver({ ...options, ...RULES }).live();
    this.#check();
    this.#ready = true;
  }

  get runs(): number {
    return this.#runs;
  }

  take({ kind, pick }: HearingStep): void {
    if (this.#isOver) return;
    this.#do(kind, pick);
    this.#check();
  }

  /** The call ends; `healed`: when all has been well for long enough that what is owed was told. */
  close(healed: boolean): void {
    if (healed && !this.#isOver) this.#heal();
    this.call.input({ type: "left", end: { reason: "caller_hung_up" } });
    this.#check();
    for (const name of Object.keys(SENTENCES)) {
      const all = this.call.events("mustHear").filter((one) => one.name === name);
      assert.ok(all.length > 0, `nothing is known of ${name}`);
    }
    assert.deepEqual(this.#ended, [...new Set(this.#ended)], "a tool has ended twice");
  }

  get #isOver(): boolean {
    return this.call.machine.phase === "ended";
  }

  #heal(): void {
    const { call } = this;
    const isClosing = () => call.machine.phase === "closing" || this.#isOver;
    if (this.#openTurn !== undefined) this.take({ kind: "callerStops", pick: 0 });
    for (let round = 0; round < 40 && !isClosing(); round++) {
      for (const kind of ["joinLeg", "modelReady", "words", "comesBack"] as const) {
        this.take({ kind, pick: 0 });
      }
      for (const kind of ["respond", "sound", "sound", "finish", "hearOut"] as const) {
        this.take({ kind, pick: 9000 });
      }
    }
    if (isClosing()) return;
    const before = call.commands.length;
    this.#pass(20_000);
    const asked = call.commands.slice(before).flatMap((one) =>
      one.type === "model" && one.request.type === "respond" ? [one.request.request.purpose] : []
    );
    assert.deepEqual(asked.filter((purpose) => purpose !== "idle_prompt"), [], "told again");
    for (const id of this.#back) {
      const telling = this.#items.filter(({ news }) => news.includes(id));
      assert.ok(telling.some((item) => this.#playedMs(item) >= 100), `${id} was never told`);
      this.told++;
    }
    const [latest] = this.call.events("mustHear").filter(({ name }) => name === "recording").slice(
      -1,
    );
    assert.ok(latest !== undefined);
    const isGivenUp = latest.times >= 5 || this.#asksFor(SENTENCES.recording!) >= 5;
    assert.ok(latest.heard || isGivenUp, "the sentence for the start is not said again");
  }

  #asksFor(text: string): number {
    return this.call.all("model").filter(({ request }) =>
      request.type === "respond" && request.request.instructions?.includes(text)
    ).length;
  }

  #do(kind: HearingStep["kind"], pick: number): void {
    const { call } = this;
    switch (kind) {
      case "pass":
        return this.#pass(pick % 1500);
      case "hearOut":
        return this.#pass(3600);
      case "nearEnd":
        return this.#nearEnd(pick);
      case "blurt":
        // Two within 50 ms.
        for (let n = 0; n < 2; n++) {
          this.#do("callerStarts", 0);
          this.#pass(pick % 25);
          this.#do("callerStops", 0);
          this.#pass(pick % 20);
        }
        return;
      case "callerStarts":
        if (this.#openTurn !== undefined || !this.#ready) return;
        this.#openTurn = call.callerStarts();
        return;
      case "callerStops":
        if (this.#openTurn === undefined) return;
        if (this.#ready) {
          call.callerStops();
          this.#wordless.push(this.#openTurn);
        }
        this.#openTurn = undefined;
        return;
      case "words": {
        const itemId = this.#wordless.shift();
        if (itemId === undefined) return;
        const text = ["yes please", "tell me more", "yes", "no"][pick % 4]!;
        return call.input({ type: "callerText", itemId, text, final: true });
      }
      case "type":
        return call.input({ type: "typed", text: pick % 2 === 0 ? "yes" : "wait" });
      case "press":
        return call.press(pick % 2 === 0 ? "1#" : "5#");
      case "say":
        if (pick % 3 !== 0) return;
        return call.input({ type: "sayAsked", text: "A word of the house." });
      case "comesBack":
      case "comesTwice": {
        const [id] = this.#away;
        if (id === undefined) return;
        this.#away.delete(id);
        this.#back.push(id);
        const result = {
          type: "toolReturned",
          callId: id,
          output: `The answer is ${id}.`,
          ok: true,
        } as const;
        call.input(result);
        if (kind === "comesTwice") call.input(result);
        return;
      }
      case "modelLost":
        if (!this.#ready || pick % 4 !== 0) return;
        this.#gone();
        this.#ready = false;
        return call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
      case "modelReady":
        if (this.#ready) return;
        this.#ready = true;
        return call.ready(pick % 2 === 0 ? 60_000 : undefined);
      case "rotates":
        if (this.#standby === "opening") {
          this.#standby = "ready";
          return call.input({ type: "standbyReady" });
        }
        if (pick % 5 === 0) this.#pass(60_000);
        return;
      case "loseLeg":
        if (!this.#joined || pick % 4 !== 0) return;
        this.#joined = false;
        return call.lose();
      case "joinLeg":
        if (this.#joined) return;
        this.#joined = true;
        return call.join();
      default:
        if (this.#ready) this.#model(kind, pick);
    }
  }

  #gone(): void {
    this.#speaking = undefined;
    this.#asked = undefined;
    this.#openTurn = undefined;
    this.#wordless = [];
  }

  #model(kind: HearingStep["kind"], pick: number): void {
    switch (kind) {
      case "respond":
        if (this.#speaking === undefined) this.#begin(pick);
        return;
      case "sound":
        return this.#sound(200 + pick % 900);
      case "finish":
        return this.#finish(true, "completed");
      case "breakOff": {
        const statuses: readonly ResponseStatus[] = ["failed", "incomplete", "cancelled"];
        return this.#finish(false, statuses[pick % 3]!, pick % 2 === 0);
      }
      case "lookUp":
        return this.#calls("look_up", pick);
      case "quick":
        return this.#calls("quick", pick);
      case "order":
        return this.#calls("order", pick);
      case "endCall":
        if (pick % 4 === 0) this.#calls("end_call", pick);
        return;
      case "handOff":
        if (pick % 3 === 0) this.#calls("handoff", pick);
    }
  }

  /** Begins what was asked for, or answers by itself. */
  #begin(pick: number): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked === undefined && pick % 2 === 0) return;
    const { call } = this;
    const known = asked === undefined ? this.#known : this.#knownWhenAsked;
    const untold = [...known].filter((id) => !this.#remembers(id));
    const tells = asked?.purpose === "tool_result" || (asked?.text === undefined && pick % 3 === 0);
    const news = tells ? untold : [];
    const text = asked?.text ??
      (news.length > 0
        ? `I have found it, the answer is ${news.join(" and ")}.`
        : "Well, let me see.");
    const item = { id: `item_${++this.#serial}`, text, fullMs: text.length * 65, news };
    const responseId = call.begin(asked?.purpose);
    this.#items.push(item);
    this.#speaking = { responseId, purpose: asked?.purpose, item, producedMs: 0 };
    call.input({ type: "itemAdded", itemId: item.id, role: "agent" });
    call.words(responseId, item.id, text);
  }

  /** What the model has said as far as it knows: all but what it was made to forget. */
  #remembers(id: string): boolean {
    return this.#items.some((item) => item.news.includes(id) && this.#playedMs(item) >= 100);
  }

  #sound(ms: number): void {
    const speaking = this.#speaking;
    if (speaking === undefined) return;
    const { responseId, item } = speaking;
    const pieceMs = Math.min(ms, item.fullMs - speaking.producedMs);
    if (pieceMs <= 0) return;
    speaking.producedMs += pieceMs;
    this.call.sound(responseId, item.id, pieceMs);
  }

  #finish(isWhole: boolean, status: ResponseStatus, isDone = true): void {
    const speaking = this.#speaking;
    if (speaking === undefined) return;
    if (isWhole) this.#sound(Infinity);
    this.#speaking = undefined;
    const { responseId, item } = speaking;
    // Servers report the end of the sound also where a response was not completed.
    if (isDone) {
      const ref = { responseId, itemId: item.id, contentIndex: 0 };
      this.call.input({ type: "speechDone", ref });
    }
    this.call.finish(responseId, status, { silent: true });
  }

  #calls(name: string, pick: number): void {
    if (this.#speaking !== undefined) return;
    const purpose = this.#asked?.purpose;
    if (purpose !== undefined && purpose !== "reply" && purpose !== "tool_result") return;
    this.#asked = undefined;
    const callId = `call_${++this.#serial}`;
    const tool = { callId, name, arguments: JSON.stringify({ what: "soap" }) };
    const responseId = this.call.begin(purpose);
    this.call.finish(responseId, "completed", { tools: [tool] });
    if (name === "look_up") return;
    if (!this.call.all("runTool").some((one) => one.call.callId === callId)) return;
    this.call.input({
      type: "toolReturned",
      callId,
      output: "{}",
      ok: true,
      ...(name === "end_call" && { effect: { type: "endCall" } }),
      ...(name === "handoff" && {
        effect: {
          type: "handoff",
          agent: "other",
          title: "Other",
          fromTitle: "One",
          policy: policy({ ...RULES, agent: this.#isOther ? "receptionist" : "other" }),
          connection: pick % 2 === 0 ? "same" : "other",
        },
      }),
    });
  }

  #nearEnd(pick: number): void {
    const item = this.#items.at(-1);
    if (item === undefined) return;
    const before = [0, 1, 40, 140, 180, 260, 400][pick % 7]!;
    for (let n = 0; n < 400 && this.#playedMs(item) < item.fullMs - before; n++) {
      const played = this.#playedMs(item);
      this.#pass(Math.max(1, Math.min(LOOK_MS, item.fullMs - before - played)));
      if (this.#playedMs(item) === played && n > 20) return;
    }
    this.#do("callerStarts", 0);
  }

  #playedMs(item: Item): number {
    return this.call.line.heard.filter(({ itemId }) => itemId === item.id)
      .reduce((sum, { ms }) => sum + ms, 0);
  }

  #pass(ms: number): void {
    for (let left = ms; left > 0; left -= LOOK_MS) {
      this.call.advance(Math.min(left, LOOK_MS));
      this.#check();
    }
  }

  #check(): void {
    const { call } = this;
    for (const item of this.#items.slice(-8)) {
      if (item.heardAt !== undefined) continue;
      if (this.#playedMs(item) >= item.fullMs - UNSURE_MS) item.heardAt = call.now - LOOK_MS;
    }
    for (; this.#checked < call.commands.length; this.#checked++) {
      this.#follow(this.#checked);
    }
  }

  #follow(at: number): void {
    const command = this.call.commands[at]!;
    switch (command.type) {
      case "runTool": {
        const { callId, name } = command.call;
        if (name === "look_up") this.#away.add(callId);
        if (name !== "order") return;
        this.#runs++;
        assert.ok(this.#isHeard(SENTENCES.price!), "order runs before the price was heard");
        assert.ok(this.#isHeard(QUESTION), "order runs before its question was heard");
        return;
      }
      case "prepareModel":
        this.#standby = "opening";
        return;
      case "openModel":
      case "takeOver":
        this.#gone();
        this.#ready = command.type === "takeOver" && this.#standby === "ready";
        this.#standby = "none";
        for (const item of command.history) {
          if (item.type === "message") this.#learn(item.text);
        }
        return;
      case "model": {
        const { request } = command;
        if (request.type === "message") this.#learn(request.text);
        if (request.type === "cancel" && this.#speaking?.responseId === request.responseId) {
          this.#speaking = undefined;
        }
        if (request.type !== "respond" || request.request.aside === true) return;
        const { purpose, instructions = "" } = request.request;
        const text = /nothing else: "(.*)"$/s.exec(instructions)?.[1];
        this.#asked = { purpose, text };
        this.#knownWhenAsked = new Set(this.#known);
        return;
      }
      case "useAgent":
        this.#isOther = command.agent === "other";
        return;
      case "publish": {
        const { event } = command;
        if (event.type === "toolEnded") this.#ended.push(event.toolCallId);
        if (event.type !== "mustHear" || !event.heard) return;
        this.proofs++;
        assert.ok(this.#isHeard(event.text), `proven, and not heard: ${event.text}`);
        assert.ok(event.fromMs <= event.toMs && event.toMs <= this.call.now + 1);
      }
    }
  }

  #learn(text: string): void {
    const id = /has returned: The answer is (\w+)\./.exec(text)?.[1];
    if (id !== undefined) this.#known.add(id);
  }

  #isHeard(text: string): boolean {
    for (const item of this.#items) {
      if (item.text === text && this.#playedMs(item) >= item.fullMs - UNSURE_MS) return true;
    }
    return false;
  }
}

const RULES = {
  languages: ["en"],
  usesTools: true,
  idleMs: 3_600_000,
  toolPolicies: TOOLS,
  mustHear: MUST_HEAR,
} as const;
