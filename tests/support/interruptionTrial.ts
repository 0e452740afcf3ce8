import { CallMachine } from "../../src/call/machine.ts";
import type { CallCommand, CallPolicy, ModelRequest } from "../../src/call/types.ts";
import { createPlayBuffer } from "../../src/sim/phone/playBuffer.ts";
import { createRandom, type Random } from "../../src/sim/phone/random.ts";
import { policy } from "./policy.ts";
import { createTimeline, type Timeline } from "./timeline.ts";

/** One interruption: what the model was told, and what the simulated Twilio really played. */
export interface Interruption {
  /** Milliseconds between the position that was sent and the truth; undefined if none was sent. */
  readonly errorMs: number | undefined;
  readonly jitterMs: number;
  /** Requests that OpenAI would refuse, or that should not have been made. */
  readonly faults: readonly string[];
}

interface Item {
  readonly id: string;
  producedMs: number;
  complete: boolean;
}

/** The conditions of one call, drawn at random. */
interface Conditions {
  readonly towardsMs: number;
  readonly backMs: number;
  readonly jitterMs: number;
  readonly startUpMs: number;
  readonly interruptions: number;
}

/**
 * One whole call in virtual time: a model that produces speech faster than it is played, a network,
 * and Twilio's play buffer, with a caller who interrupts again and again.
 */
export function runCall(seed: number): readonly Interruption[] {
  const random = createRandom(seed);
  const conditions: Conditions = {
    towardsMs: random() * 150,
    backMs: random() * 150,
    jitterMs: random() * 20,
    startUpMs: random() * 250,
    interruptions: 1 + Math.floor(random() * 5),
  };
  return new Call(random, conditions).run();
}

const SILENCE = "/".repeat(2_000_000);

class Call {
  readonly #random: Random;
  readonly #conditions: Conditions;
  readonly #timeline: Timeline = createTimeline();
  readonly #machine: CallMachine;
  readonly #buffer;
  readonly #results: Interruption[] = [];
  #items: Item[] = [];
  /** What has arrived at Twilio since the last clear. */
  #arrived: { itemId: string; ms: number }[] = [];
  #arrivedOffset = new Map<string, number>();
  #playedBefore = 0;
  #lastTowards = 0;
  #lastBack = 0;
  #responses = 0;
  #truth: { itemId: string; ms: number; length: number } | undefined;
  #requests: ModelRequest[] = [];
  #wake = 0;
  #stop = false;
  #playsSinceStop: string[] = [];

  constructor(random: Random, conditions: Conditions) {
    this.#random = random;
    this.#conditions = conditions;
    this.#buffer = createPlayBuffer({ startupDelayMs: conditions.startUpMs });
    this.#machine = new CallMachine(policy({ idleMs: 1e9, maxMs: 1e9 } as Partial<CallPolicy>), 0);
  }

  run(): readonly Interruption[] {
    this.#perform(this.#machine.begin());
    this.#handle({ type: "modelReady" });
    this.#handle({ type: "joined", format: "pcmu", reports: "marks" });
    this.#timeline.at(500, () => this.#respond());
    this.#timeline.run();
    return this.#results;
  }

  #respond(): void {
    const random = this.#random;
    const responseId = `resp_${++this.#responses}`;
    const itemCount = random() < 0.3 ? 2 : 1;
    const speed = 1.2 + random() * 6.8;
    const deltaMs = Math.round(20 + random() * 780);
    const items = Array.from({ length: itemCount }, (_, index) => ({
      id: `${responseId}_${index}`,
      lengthMs: Math.round(500 + random() * 9000),
    }));
    this.#handle({ type: "responseStarted", responseId, aside: false });
    let at = this.#timeline.now + 100;
    const began = at;
    let total = 0;
    const stallAfter = random() < 0.2 ? random() * 5000 : Infinity;
    let stalled = false;
    const late = Math.floor(random() * 5);
    let lateSent = 0;
    let stopped = false;
    const isStopped = () => stopped;
    for (const { id, lengthMs } of items) {
      const item: Item = { id, producedMs: 0, complete: false };
      const ref = { responseId, itemId: id, contentIndex: 0 };
      this.#timeline.at(at, () => {
        if (isStopped()) return;
        this.#items.push(item);
        this.#handle({ type: "itemAdded", itemId: id, role: "agent" });
      });
      for (let sent = 0; sent < lengthMs; sent += deltaMs) {
        const ms = Math.min(deltaMs, lengthMs - sent);
        this.#timeline.at(at, () => {
          if (isStopped() && lateSent++ >= late) return;
          if (!isStopped()) item.producedMs += ms;
          this.#speech(ref, ms);
        });
        total += ms;
        if (!stalled && total > stallAfter) {
          stalled = true;
          at += 1500;
        }
        at += ms / speed;
      }
      this.#timeline.at(at, () => {
        if (isStopped()) return;
        item.complete = true;
        this.#handle({ type: "speechDone", ref });
      });
    }
    const lengthMs = items.reduce((sum, item) => sum + item.lengthMs, 0);
    let done = false;
    const finish = (status: "completed" | "cancelled") => {
      if (done) return;
      done = true;
      this.#handle({ type: "responseDone", responseId, status, toolCalls: [] });
    };
    this.#timeline.at(at + 5, () => {
      if (!isStopped()) finish("completed");
    });
    const interruptAt = began + random() * (Math.max(lengthMs, at - began) + 600);
    this.#timeline.at(interruptAt, () => {
      stopped = true;
      this.#interrupt();
      this.#timeline.at(this.#timeline.now + 30, () => finish("cancelled"));
    });
  }

  #interrupt(): void {
    this.#requests = [];
    this.#truth = undefined;
    this.#stop = false;
    const items = this.#items;
    this.#handle({ type: "speechStarted", itemId: `user_${this.#responses}` });
    const cleared = this.#stop;
    const atOnce = this.#requests;
    this.#playsSinceStop = [];
    this.#timeline.at(this.#timeline.now + 1000, () => {
      this.#judge(items, atOnce, cleared);
      this.#items = [];
      this.#handle({ type: "speechStopped", itemId: `user_${this.#responses}` });
      this.#handle({ type: "committed", itemId: `user_${this.#responses}` });
      if (this.#results.length < this.#conditions.interruptions) this.#respond();
      else this.#handle({ type: "left", end: { reason: "caller_hung_up" } });
    });
  }

  #judge(items: readonly Item[], requests: readonly ModelRequest[], cleared: boolean): void {
    const { jitterMs } = this.#conditions;
    const faults: string[] = [];
    const truncates = requests.filter((request) => request.type === "truncate");
    for (const { itemId, audioEndMs } of truncates) {
      const item = items.find((one) => one.id === itemId);
      if (item === undefined) faults.push(`truncate of an item that was not said: ${itemId}`);
      else if (audioEndMs > item.producedMs) faults.push("truncate past the produced audio");
      else if (item.complete && audioEndMs >= item.producedMs) faults.push("needless truncate");
      if (audioEndMs < 0 || !Number.isInteger(audioEndMs)) faults.push("not a whole position");
    }
    if (truncates.length > 1) faults.push("more than one item half heard");
    if (requests.some((request) => request.type === "cancel")) faults.push("cancel by us");
    if (this.#playsSinceStop.length > 0) faults.push("stale audio was played");
    if (!cleared && requests.length > 0) faults.push("request without a clear");
    const [truncate] = truncates;
    const truth = this.#truth;
    let errorMs: number | undefined;
    if (truncate !== undefined && truth !== undefined) {
      errorMs = truncate.itemId === truth.itemId
        ? truncate.audioEndMs - truth.ms
        : distance(items, truncate, truth);
    } else if (truth !== undefined && truth.ms > 350 && truth.length - truth.ms > 400) {
      faults.push("half heard but not truncated");
    }
    this.#results.push({ errorMs, jitterMs, faults });
  }

  #speech(ref: { responseId: string; itemId: string; contentIndex: number }, ms: number): void {
    const characters = Math.ceil((ms * 8) / 3) * 4;
    const audio = SILENCE.slice(0, characters);
    this.#perform(this.#machine.speech(ref, audio, ms, this.#timeline.now));
  }

  #handle(input: Parameters<CallMachine["handle"]>[0]): void {
    this.#perform(this.#machine.handle(input, this.#timeline.now));
  }

  #perform(commands: readonly CallCommand[]): void {
    for (const command of commands) {
      if (command.type === "model") this.#requests.push(command.request);
      if (command.type === "clear") this.#stop = true;
      if (command.type === "play") this.#playsSinceStop.push(command.piece.itemId);
      if (command.type === "play" || command.type === "mark" || command.type === "clear") {
        this.#timeline.at(this.#towards(), () => this.#arrive(command));
      }
    }
    const wakeAt = this.#machine.wakeAt;
    if (wakeAt === undefined || wakeAt >= 1e8 || wakeAt === this.#wake) return;
    this.#wake = wakeAt;
    this.#timeline.at(Math.max(wakeAt, this.#timeline.now), () => {
      if (this.#wake === wakeAt) this.#handle({ type: "tick" });
    });
  }

  #arrive(command: CallCommand): void {
    const now = this.#timeline.now;
    this.#echo();
    if (command.type === "play") {
      const { itemId, durationMs, mark } = command.piece;
      this.#buffer.write(durationMs, now);
      this.#arrived.push({ itemId, ms: durationMs });
      if (mark !== undefined) this.#buffer.mark(mark, now);
    } else if (command.type === "mark") {
      this.#buffer.mark(command.name, now);
    } else {
      this.#clear(now);
    }
    this.#echo();
    const next = this.#buffer.nextEventAt();
    if (next !== undefined) this.#timeline.at(next, () => this.#echo());
  }

  #clear(now: number): void {
    const report = this.#buffer.clear(now);
    let played = report.playedMs - this.#playedBefore;
    this.#playedBefore = report.playedMs;
    const offsets = this.#arrivedOffset;
    for (const { itemId, ms } of this.#arrived) {
      const offset = offsets.get(itemId) ?? 0;
      const heard = Math.min(played, ms);
      if (heard > 0 || this.#truth === undefined) {
        this.#truth = { itemId, ms: offset + heard, length: offset + ms };
      } else if (this.#truth.itemId === itemId) {
        this.#truth.length += ms;
      }
      offsets.set(itemId, offset + ms);
      played -= heard;
    }
    this.#arrived = [];
    this.#arrivedOffset = new Map();
  }

  #echo(): void {
    for (const { name } of this.#buffer.advance(this.#timeline.now)) {
      this.#timeline.at(this.#back(), () => this.#handle({ type: "marked", mark: name }));
    }
    const next = this.#buffer.nextEventAt();
    if (next !== undefined && next > this.#timeline.now) {
      this.#timeline.at(next, () => this.#echo());
    }
  }

  #towards(): number {
    const { towardsMs, jitterMs } = this.#conditions;
    const at = this.#timeline.now + Math.max(0, towardsMs + this.#jitter(jitterMs));
    return this.#lastTowards = Math.max(at, this.#lastTowards);
  }

  #back(): number {
    const { backMs, jitterMs } = this.#conditions;
    const at = this.#timeline.now + Math.max(0, backMs + this.#jitter(jitterMs));
    return this.#lastBack = Math.max(at, this.#lastBack);
  }

  #jitter(jitterMs: number): number {
    return (this.#random() * 2 - 1) * jitterMs;
  }
}

/** How far apart two positions are that lie in different items. */
function distance(
  items: readonly Item[],
  sent: { itemId: string; audioEndMs: number },
  truth: { itemId: string; ms: number },
): number {
  return place(items, sent.itemId) + sent.audioEndMs - place(items, truth.itemId) - truth.ms;
}

function place(items: readonly Item[], itemId: string): number {
  const index = items.findIndex((item) => item.id === itemId);
  return items.slice(0, index).reduce((sum, item) => sum + item.producedMs, 0);
}
