import { CallMachine } from "../../../src/call/callMachine.ts";
import type { CallCommand } from "../../../src/call/callCommand.ts";
import type { CallInput } from "../../../src/call/callInput.ts";
import type { CallLeg } from "../../../src/call/callLeg.ts";
import type { ModelRequest } from "../../../src/call/realtimeClient.ts";
import { createRandom, type Random } from "../../../src/sim/twilio/random.ts";
import { type Batch, type Item, judge, type Verdict } from "./interruptionVerdict.ts";
import { LineLeg } from "./lineLeg.ts";
import { policy } from "../twilio/policy.ts";
import { createTimeline, type Timeline } from "../call/timeline.ts";

/** One interruption: where the model was truncated, and what the simulated line really played. */
export interface Interruption extends Verdict {
  readonly jitterMs: number;
}

/** The conditions of one call, drawn at random. */
interface Conditions {
  readonly towardsMs: number;
  readonly backMs: number;
  readonly jitterMs: number;
  readonly startUpMs: number;
  readonly interruptions: number;
}

/** One response as the model will produce it. */
interface Plan {
  readonly id: string;
  readonly items: readonly { readonly id: string; readonly lengthMs: number }[];
  readonly speed: number;
  readonly deltaMs: number;
  /** The model falls silent for `STALL_MS` once, after so much. */
  readonly stallAfterMs: number;
}

const STALL_MS = 1500;
const SILENCE = "/".repeat(2_000_000);

/**
 * One whole call in virtual time: a model that produces speech faster than it is played, a network,
 * and the leg's play buffer, with a caller who interrupts again and again.
 */
export function runCall(
  seed: number,
  reports: CallLeg["reports"] = "marks",
): readonly Interruption[] {
  const random = createRandom(seed);
  const conditions: Conditions = {
    towardsMs: random() * 150,
    backMs: random() * 150,
    jitterMs: random() * 20,
    startUpMs: random() * 250,
    interruptions: 1 + Math.floor(random() * 5),
  };
  return new Call(random, conditions, reports).run();
}

class Call {
  readonly #random: Random;
  readonly #conditions: Conditions;
  readonly #reports: CallLeg["reports"];
  readonly #timeline: Timeline = createTimeline();
  readonly #machine = new CallMachine(policy({ idleMs: 1e9, maxMs: 1e9 }), 0);
  readonly #line: LineLeg;
  readonly #results: Interruption[] = [];
  #batch: Batch = emptyBatch();
  #lastTowards = 0;
  #lastBack = 0;
  #responses = 0;
  #wake = 0;
  #running: string | undefined;
  #listensAt = Infinity;

  constructor(random: Random, conditions: Conditions, reports: CallLeg["reports"]) {
    this.#random = random;
    this.#conditions = conditions;
    this.#reports = reports;
    this.#line = new LineLeg(reports, conditions.startUpMs);
  }

  run(): readonly Interruption[] {
    this.#perform(this.#machine.begin());
    this.#handle({ type: "modelReady" });
    const format = this.#reports === "marks" ? "pcmu" : "pcm24k";
    this.#handle({ type: "joined", format, reports: this.#reports });
    this.#timeline.at(500, () => this.#speak());
    this.#timeline.run();
    return this.#results;
  }

  /** One response, or one and another queued behind it, and an interruption at a random moment. */
  #speak(): void {
    this.#batch = emptyBatch();
    const plans = this.#random() < 0.25 ? [this.#plan(), this.#plan()] : [this.#plan()];
    const began = this.#timeline.now + 100;
    let at = this.#timeline.now;
    for (const plan of plans) at = this.#produce(plan, at) + 150;
    const lengthMs = plans.flatMap(({ items }) => items).reduce(
      (sum, one) => sum + one.lengthMs,
      0,
    );
    const interruptAt = this.#moment(began, plans[0]!.deltaMs, at, began + lengthMs);
    this.#timeline.at(interruptAt, () => this.#interrupt());
  }

  #plan(): Plan {
    const random = this.#random;
    const id = `resp_${++this.#responses}`;
    const count = random() < 0.3 ? 2 : 1;
    return {
      id,
      items: Array.from({ length: count }, (_, index) => ({
        id: `${id}_${index}`,
        lengthMs: Math.round(500 + random() * 9000),
      })),
      speed: 1.2 + random() * 6.8,
      deltaMs: Math.round(20 + random() * 780),
      stallAfterMs: random() < 0.2 ? random() * 5000 : Infinity,
    };
  }

  /** Anywhere, but often while the first delta is new, or when the last has come. */
  #moment(began: number, deltaMs: number, producedAt: number, playedAt: number): number {
    const random = this.#random;
    const kind = random();
    if (kind < 0.1) return began + random() * deltaMs;
    if (kind < 0.3 && playedAt > producedAt) return producedAt + random() * (playedAt - producedAt);
    return began + random() * (Math.max(playedAt, producedAt) - began + 600);
  }

  /** Gives the time when the response has ended. */
  #produce({ id: responseId, items, speed, deltaMs, stallAfterMs }: Plan, startAt: number): number {
    this.#whileSpeaking(startAt, () => {
      this.#running = responseId;
      this.#handle({ type: "responseStarted", responseId, aside: false });
    });
    const batch = this.#batch;
    let at = startAt + 100;
    let totalMs = 0;
    let stallMs = STALL_MS;
    const late = Math.floor(this.#random() * 5);
    let lateSent = 0;
    for (const { id, lengthMs } of items) {
      const item: Item = { id, producedMs: 0, complete: false };
      const ref = { responseId, itemId: id, contentIndex: 0 };
      this.#whileSpeaking(at, () => {
        batch.items.push(item);
        this.#handle({ type: "itemAdded", itemId: id, role: "agent" });
      });
      for (let sentMs = 0; sentMs < lengthMs; sentMs += deltaMs) {
        const ms = Math.min(deltaMs, lengthMs - sentMs);
        this.#timeline.at(at, () => {
          if (!batch.interrupted) item.producedMs += ms;
          else if (this.#running !== responseId || lateSent++ >= late) return;
          this.#sound(ref, ms);
        });
        totalMs += ms;
        if (totalMs > stallAfterMs) {
          at += stallMs;
          stallMs = 0;
        }
        at += ms / speed;
      }
      this.#whileSpeaking(at, () => {
        item.complete = true;
        this.#handle({ type: "speechDone", ref });
      });
    }
    this.#whileSpeaking(at + 5, () => this.#finish("completed"));
    return at + 5;
  }

  #whileSpeaking(at: number, run: () => void): void {
    const batch = this.#batch;
    this.#timeline.at(at, () => {
      if (!batch.interrupted) run();
    });
  }

  #finish(status: "completed" | "cancelled"): void {
    const responseId = this.#running;
    if (responseId === undefined) return;
    this.#running = undefined;
    this.#handle({ type: "responseDone", responseId, status, toolCalls: [] });
  }

  #interrupt(): void {
    const batch = this.#batch;
    const itemId = `user_${this.#responses}`;
    batch.interrupted = true;
    this.#handle({ type: "speechStarted", itemId });
    // By then the late deltas have come, and the leg's exact answer, if it gives one.
    this.#timeline.at(this.#timeline.now + 200 + this.#random() * 400, () => {
      this.#finish("cancelled");
    });
    this.#timeline.at(this.#timeline.now + 1000, () => {
      this.#results.push({ ...judge(batch), jitterMs: this.#conditions.jitterMs });
      this.#handle({ type: "speechStopped", itemId });
      this.#handle({ type: "committed", itemId });
      if (this.#results.length < this.#conditions.interruptions) this.#speak();
      else this.#handle({ type: "left", end: { reason: "caller_hung_up" } });
    });
  }

  #sound(ref: { responseId: string; itemId: string; contentIndex: number }, ms: number): void {
    const bytesPerMs = this.#reports === "marks" ? 8 : 48;
    const audio = SILENCE.slice(0, Math.ceil((ms * bytesPerMs) / 3) * 4);
    this.#perform(this.#machine.speech(ref, audio, ms, this.#timeline.now));
  }

  #handle(input: CallInput): void {
    this.#perform(this.#machine.handle(input, this.#timeline.now));
  }

  #perform(commands: readonly CallCommand[]): void {
    for (const command of commands) this.#send(command);
    const wakeAt = this.#machine.wakeAt;
    if (wakeAt === undefined || wakeAt >= 1e8 || wakeAt === this.#wake) return;
    this.#wake = wakeAt;
    this.#timeline.at(wakeAt, () => {
      if (this.#wake === wakeAt) this.#handle({ type: "tick" });
    });
  }

  #send(command: CallCommand): void {
    const batch = this.#batch;
    switch (command.type) {
      case "model":
        if (batch.interrupted) batch.requests.push(command.request);
        return;
      case "play": {
        const { durationMs, mark } = command.piece;
        if (batch.interrupted) batch.stale++;
        batch.sentMs += durationMs;
        if (mark !== undefined) batch.marks.set(mark, batch.sentMs);
        break;
      }
      case "clear":
        batch.cleared = true;
        break;
      case "mark":
        break;
      default:
        return;
    }
    this.#timeline.at(this.#towards(), () => this.#arrive(command, batch));
  }

  #arrive(command: CallCommand, batch: Batch): void {
    const now = this.#timeline.now;
    this.#report(this.#line.advance(now));
    if (command.type === "play") this.#line.play(command.piece, now);
    if (command.type === "mark") this.#line.mark(command.name, now);
    if (command.type === "clear") {
      const answer = this.#line.clear(now);
      const last = this.#line.heard.at(-1);
      batch.truth = batch.items.some(({ id }) => id === last?.itemId) ? { ...last! } : undefined;
      this.#report(answer);
    }
    this.#listen();
  }

  /** Looks at the leg again when it has something to report. */
  #listen(): void {
    const { now } = this.#timeline;
    this.#report(this.#line.advance(now));
    const next = this.#line.nextEventAt(now);
    if (next === Infinity || (this.#listensAt > now && this.#listensAt <= next)) return;
    this.#listensAt = next;
    this.#timeline.at(next, () => {
      if (this.#listensAt === next) this.#listen();
    });
  }

  #report(inputs: readonly CallInput[]): void {
    for (const input of inputs) {
      this.#timeline.at(this.#back(), () => {
        const { marks, interrupted } = this.#batch;
        if (input.type === "marked" && !interrupted) {
          this.#batch.markedMs = marks.get(input.mark) ?? this.#batch.markedMs;
        }
        this.#handle(input);
      });
    }
  }

  #towards(): number {
    return this.#lastTowards = this.#later(this.#conditions.towardsMs, this.#lastTowards);
  }

  #back(): number {
    return this.#lastBack = this.#later(this.#conditions.backMs, this.#lastBack);
  }

  /** Sockets keep their order, whatever the jitter. */
  #later(delayMs: number, last: number): number {
    const jitterMs = (this.#random() * 2 - 1) * this.#conditions.jitterMs;
    return Math.max(last, this.#timeline.now + Math.max(0, delayMs + jitterMs));
  }
}

function emptyBatch(): Batch {
  const requests: ModelRequest[] = [];
  return {
    items: [],
    requests,
    marks: new Map(),
    interrupted: false,
    cleared: false,
    stale: 0,
    sentMs: 0,
    markedMs: 0,
    truth: undefined,
  };
}
