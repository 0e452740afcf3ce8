import { ACCOUNT } from "./account.ts";
import { type Caller, callSidOf, join, placeCall } from "./caller.ts";
import { cpuSeconds, Direction, mainThreadSeconds, residentMb } from "./measure.ts";
import type { Subject } from "./subject.ts";
import { startTalkingModel, type TalkingModel } from "./talkingModel.ts";

export interface TrialPlan {
  readonly start: (modelUrl: string) => Promise<Subject>;
  /** Calls ring first; the forwarder knows no webhook. */
  readonly withWebhook: boolean;
  /** Without, the model says audio only. */
  readonly framesPerWord?: number;
}

/** What some seconds of talk have cost. */
export interface Slice {
  readonly cpuMsPerCallSecond: number;
  /** Of the thread that carries the calls; a store and V8's collector have others. */
  readonly mainMsPerCallSecond: number;
  /** How long each frame was under way, both directions. */
  readonly delaysMs: readonly number[];
}

export interface Losses {
  readonly sent: number;
  readonly lost: number;
  readonly outOfOrder: number;
}

/** One server with its model and its callers, who talk on demand. */
export class Trial {
  readonly #subject: Subject;
  readonly #model: TalkingModel;
  readonly #heard = new Direction();
  readonly #callers: Caller[] = [];
  readonly #withWebhook: boolean;
  #ticks = 0;

  private constructor(subject: Subject, model: TalkingModel, withWebhook: boolean) {
    this.#subject = subject;
    this.#model = model;
    this.#withWebhook = withWebhook;
  }

  static async start({ start, withWebhook, framesPerWord }: TrialPlan): Promise<Trial> {
    const model = startTalkingModel(framesPerWord === undefined ? {} : { framesPerWord });
    return new Trial(await start(model.url), model, withWebhook);
  }

  get residentMb(): number {
    return residentMb(this.#subject.pid);
  }

  /** Calls until so many are there. */
  async callUpTo(count: number): Promise<void> {
    while (this.#callers.length < count) {
      const number = this.#callers.length + 1;
      const callSid = callSidOf(number);
      const { origin } = this.#subject;
      this.#callers.push(
        this.#withWebhook
          ? await placeCall(origin, ACCOUNT, number, this.#heard)
          : await join(origin, ACCOUNT, { callSid, token: "", index: number }, this.#heard),
      );
    }
  }

  /** Everybody talks at once, 50 times a second, on one clock that catches up when it was held back. */
  async talk(seconds: number): Promise<Slice> {
    const [heardBefore, modelBefore] = [this.#heard, this.#model.heard].map((direction) =>
      direction.delaysMs.length
    );
    const cpuBefore = cpuSeconds(this.#subject.pid);
    const mainBefore = mainThreadSeconds(this.#subject.pid);
    const startedAt = performance.now();
    for (let ticks = 0; ticks < seconds * 50;) {
      const due = Math.min(seconds * 50, Math.floor((performance.now() - startedAt) / 20));
      for (; ticks < due; ticks++, this.#ticks += this.#callers.length) {
        for (const caller of this.#callers) caller.speak();
        this.#model.speak();
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const callSeconds = this.#callers.length * seconds;
    return {
      cpuMsPerCallSecond: (cpuSeconds(this.#subject.pid) - cpuBefore) * 1000 / callSeconds,
      mainMsPerCallSecond: (mainThreadSeconds(this.#subject.pid) - mainBefore) * 1000 / callSeconds,
      delaysMs: [
        ...this.#heard.delaysMs.slice(heardBefore),
        ...this.#model.heard.delaysMs.slice(modelBefore),
      ],
    };
  }

  async end(): Promise<Losses> {
    // What is still under way arrives.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const sent = this.#ticks + this.#model.said;
    const arrived = this.#heard.received + this.#model.heard.received;
    await Promise.all(this.#callers.map((caller) => caller.hangUp()));
    await this.#subject.stop();
    await this.#model.close();
    return {
      sent,
      lost: sent - arrived,
      outOfOrder: this.#heard.outOfOrder + this.#model.heard.outOfOrder,
    };
  }
}
