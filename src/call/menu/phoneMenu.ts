import type { CallEvent } from "../callEvent.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { LateFrames } from "../machine/lateFrames.ts";
import type { PolicyInForce } from "../machine/policyInForce.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { PhoneMenuPolicy } from "../phoneMenu.ts";
import type { AgentSpeech } from "../playback/agentSpeech.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Turns } from "../turns/turns.ts";
import type { CallEnd, Milliseconds } from "../types.ts";
import { HeardTurns } from "./heardTurns.ts";
import { Hold } from "./hold.ts";
import { MenuPath } from "./menuPath.ts";
import * as prompts from "./menuPrompts.ts";
import { MenuTime } from "./menuTime.ts";
import { type MenuWords, menuWordsOf } from "./menuWords.ts";
import { RepeatedAnnouncements } from "./repeatedAnnouncements.ts";

/** So often a silent line is asked about; then silence counts as in any call. */
const MAX_SILENCES = 3;

interface Shared {
  readonly inForce: PolicyInForce;
  readonly lateFrames: LateFrames;
  readonly commands: CommandBuffer;
  readonly transcript: Transcript;
  readonly turns: Turns;
  readonly speech: AgentSpeech;
}

/**
 * An agent that has called a phone system: it hears menus to their end, keeps silent on hold, and is asked
 * for an answer only where one may be due. With a person it talks as in any call. Does nothing in calls
 * whose policy has no phone menus.
 */
export class PhoneMenu {
  readonly hold: Hold;
  readonly #call: Shared;
  readonly #path: MenuPath;
  readonly #time = new MenuTime();
  readonly #announcements: RepeatedAnnouncements;
  readonly #heard: HeardTurns;
  #withPerson = false;
  /** Who was answered, or is to be answered now, sounds like a person. */
  #isPersonLikely = false;
  /** The turn that the far end is in, as the model has named it. */
  #open: string | undefined;
  /** What the agent was asked to answer last, and the turns of it, whose words may still come. */
  #asked: MenuWords = "other";
  #answered = new Map<string, string>();
  #silences = 0;
  #ends: CallEnd | undefined;

  constructor(call: Shared, startedAt: Milliseconds) {
    this.#call = call;
    this.hold = new Hold(call.commands);
    this.#path = new MenuPath(call.commands, startedAt);
    this.#heard = new HeardTurns(
      call.lateFrames,
      () => call.inForce.policy.transcribes !== false,
    );
    this.#announcements = new RepeatedAnnouncements(call.commands);
  }

  /** Whether the call is one that may lead into phone menus. */
  get isActive(): boolean {
    return this.#policy !== undefined;
  }

  /** Whether there is, as far as is known, no person to talk with. */
  get isPatient(): boolean {
    return this.isActive && (!this.#withPerson || this.hold.isOn);
  }

  /** Whether nobody has been there yet who could be a person. */
  get awaitsPerson(): boolean {
    return this.isActive && !this.#isPersonLikely;
  }

  /** What an observer who comes later has missed. */
  get events(): readonly CallEvent[] {
    const steps = this.#path.steps.map((step): CallEvent => ({ type: "menu", step }));
    return this.hold.isOn ? [...steps, { type: "hold", on: true }] : steps;
  }

  /** The far end has answered: from here on time counts. */
  connected(now: Milliseconds): void {
    if (this.isActive) this.#time.begin(now);
  }

  /** The model hears the far end begin a turn. */
  speechStarted(itemId: string | undefined): void {
    this.#open = itemId;
    this.#heard.goesOn();
  }

  committed(itemId: string): void {
    this.#open = undefined;
    if (!this.isActive) return;
    // While music plays, the model takes in what came before it, and was not of whoever speaks next.
    if (this.hold.withholds) this.#announcements.heard(new Map([[itemId, ""]]));
    else this.#heard.add(itemId);
  }

  /** The words of a turn, whole. */
  words(itemId: string, text: string, now: Milliseconds): void {
    if (!this.isActive) return;
    const isNew = this.#announcements.words(itemId, text);
    if (isNew && this.hold.withholds && isOffer(text)) this.#answer(new Map([[itemId, text]]), now);
    this.#heard.setText(itemId, text);
    if (this.#answered.has(itemId)) {
      this.#answered.set(itemId, text);
      this.#path.words(joined(this.#answered));
    }
    if (this.#withPerson) this.#judge(text, now);
  }

  /** The agent speaks. What it says to a machine that asks for words is no conversation. */
  agentSpeaks(now: Milliseconds): void {
    if (!this.isActive || this.#asked === "words" || this.#asked === "keys") return;
    this.#withPerson = true;
    this.#isPersonLikely = true;
    this.#heard.takeAll();
    this.hold.over(now);
  }

  music(now: Milliseconds): void {
    if (!this.isActive || this.hold.withholds) return;
    const { turns, transcript } = this.#call;
    this.hold.music(now);
    if (this.#open !== undefined) transcript.callerText(this.#open, "", true, now);
    this.#open = undefined;
    // Whatever the model makes of the music is no turn, and what it says nobody hears.
    this.#dropAnswer(now);
    turns.callerState.reset();
    const { text, isWaiting } = this.#heard;
    const heard = this.#heard.takeAll();
    const isNew = this.#announcements.heard(heard);
    if (isWaiting && isNew && isOffer(text)) this.#answer(heard, now);
  }

  /** Since then something else is heard than music. */
  musicEnds(since: Milliseconds, now: Milliseconds): void {
    if (!this.hold.withholds) return;
    this.#heard.afterHold();
    this.hold.heard(since, now);
  }

  /** Whether a turn that the model has taken in is answered in time by `tick`, and not at once. */
  takesTurn(now: Milliseconds): boolean {
    if (!this.isPatient) return false;
    if (!this.hold.withholds) this.#heard.taken(now);
    this.#silences = 0;
    return true;
  }

  /** Whether silence on the line is none that the agent asks a person about. */
  takesSilence(idleMs: Milliseconds, now: Milliseconds): boolean {
    if (!this.isPatient || this.#silences >= MAX_SILENCES) return false;
    this.#silences++;
    this.#call.commands.request(prompts.lineSilent(Math.round(idleMs / 1000)));
    this.#asked = "keys";
    this.#call.turns.ask({ purpose: "reply" }, now);
    return true;
  }

  /** The agent presses keys: what comes next is a machine's. */
  pressed(keys: string, now: Milliseconds): void {
    const policy = this.#policy;
    if (policy === undefined) return;
    this.#machine(now);
    this.hold.over(now);
    const isHidden = this.#call.inForce.policy.digitsSensitive;
    const shown = isHidden ? keys.replaceAll(/[^wW]/g, "•") : keys;
    const times = this.#path.press(shown, now);
    if (times >= policy.maxRepeats * 2) this.#ends = { reason: "phone_menu", detail: "same_keys" };
    else if (times >= policy.maxRepeats) {
      this.#call.commands.request(prompts.keysRepeated(shown, times));
    }
  }

  /** The agent has decided to say and to press nothing. */
  waits(now: Milliseconds): void {
    if (this.isActive) this.#machine(now);
  }

  /** Returns the end of a call that has been in menus, or on hold, for too long. */
  tick(now: Milliseconds): CallEnd | undefined {
    const policy = this.#policy;
    if (policy === undefined) {
      this.hold.over(now);
      return undefined;
    }
    if (this.#ends !== undefined) return this.#ends;
    this.#time.follow(this.isPatient && !this.hold.isOn, now);
    if (now >= (this.#time.endsAt(policy.maxMenuMs) ?? Infinity)) {
      return { reason: "phone_menu", detail: "menu_time" };
    }
    if (now >= (this.hold.endsAt(policy.maxHoldMs) ?? Infinity)) {
      return { reason: "phone_menu", detail: "hold_time" };
    }
    if (now >= (this.#heard.dueAt ?? Infinity)) this.#answerOrOpen(now);
    return this.#ends;
  }

  get wakeAt(): Milliseconds | undefined {
    const policy = this.#policy;
    if (policy === undefined) return undefined;
    return earliest(
      this.#heard.dueAt,
      this.#time.endsAt(policy.maxMenuMs),
      this.hold.endsAt(policy.maxHoldMs),
    );
  }

  get #policy(): PhoneMenuPolicy | undefined {
    return this.#call.inForce.policy.phoneMenu;
  }

  /** Whether who has spoken as a person before is a machine now: that is heard out. */
  #judge(text: string, now: Milliseconds): void {
    const words = menuWordsOf(text);
    if (words !== "keys" && words !== "hold") return;
    this.#machine(now);
    if (this.#call.speech.audible) return;
    this.#dropAnswer(now);
    this.#heard.taken(now);
  }

  /** Nothing of what was asked for, or is being said, is to be heard. */
  #dropAnswer(now: Milliseconds): void {
    const { turns, speech } = this.#call;
    turns.withdrawAll();
    if (turns.current !== undefined && turns.responseId === undefined) turns.giveUp();
    if (turns.responseId !== undefined || speech.audible) speech.stop(now, true);
  }

  /** What a person has to hear first is begun before the answer is asked for, in the next step. */
  #answerOrOpen(now: Milliseconds): void {
    if (this.#heard.soundsLikePerson && !this.#isPersonLikely) this.#isPersonLikely = true;
    else this.#answer(this.#heard.takeAll(), now);
  }

  #answer(heard: Map<string, string>, now: Milliseconds): void {
    const { turns, commands } = this.#call;
    const text = joined(heard);
    this.#asked = menuWordsOf(text);
    this.#answered = heard;
    // The model has decided to wait already where the same announcement comes again.
    if (this.#asked === "hold" && !this.#announcements.heard(heard)) return;
    if (this.#asked !== "question" && this.#asked !== "other") this.#count(text, now);
    if (this.#ends !== undefined) return;
    // A menu of keys is not talked to: the model has to press some, or to wait.
    const isMute = this.#asked === "keys" || this.#asked === "hold";
    commands.notice("menu_answered");
    turns.ask({ purpose: "reply", ...(isMute && { tools: "required" as const }) }, now);
  }

  #count(text: string, now: Milliseconds): void {
    const { maxRepeats = Infinity } = this.#policy ?? {};
    const times = this.#path.heard(text, now);
    if (this.#asked !== "keys" && this.#asked !== "words") return;
    if (times >= maxRepeats * 2) this.#ends = { reason: "phone_menu", detail: "same_menu" };
    else if (times >= maxRepeats) {
      this.#call.commands.request(prompts.menuRepeated(times, this.#path.keys));
    }
  }

  #machine(now: Milliseconds): void {
    this.#withPerson = false;
    this.#time.follow(!this.hold.isOn, now);
  }
}

/** Something for those who wait: it is decided on, though the music is back. */
function isOffer(text: string): boolean {
  const words = menuWordsOf(text);
  return words === "keys" || words === "words";
}

function joined(turns: ReadonlyMap<string, string>): string {
  return [...turns.values()].join(" ").trim();
}
