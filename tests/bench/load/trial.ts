import { ACCOUNT } from "./account.ts";
import type { CertificateFiles } from "./certificate.ts";
import { FRAME_MS } from "./frames.ts";
import { type Caller, callSidOf, join, placeCall } from "./caller.ts";
import { cpuSeconds, Direction, mainThreadSeconds, residentMb } from "./measure.ts";
import { startTlsRelay, type Subject, type TlsRelay } from "./subject.ts";
import { type Shape, startTalkingModel, type TalkingModel } from "./talkingModel.ts";

export interface TrialPlan {
  readonly start: (modelUrl: string) => Promise<Subject>;
  /** Calls ring first; the forwarder knows no webhook. */
  readonly withWebhook: boolean;
  readonly talk?: TalkPlan;
}

/** How callers and models talk. */
export interface TalkPlan {
  readonly shape: Shape;
  /** With `deltas`: without, the model says audio only. */
  readonly framesPerWord?: number;
  /** The model is reached over TLS, with these. */
  readonly tls?: CertificateFiles;
}

/** What Parley is told: with `deltas` the caller never speaks, and the yardstick holds no frame back. */
export const SHAPE_SETTINGS: Readonly<Record<Shape, Record<string, string>>> = {
  deltas: { AUDIO_GROUP_MS: "0" },
  conversation: {},
};

/** What some seconds of talk have cost. */
export interface Slice {
  readonly cpuMsPerCallSecond: number;
  /** Of the thread that carries the calls; a store and V8's collector have others. */
  readonly mainMsPerCallSecond: number;
  /** How long each frame was under way, both directions. */
  readonly delaysMs: readonly number[];
  readonly standIns: StandIns;
}

/** How well the process with the callers and the models kept up: what waits there looks like a slow server. */
export interface StandIns {
  /** CPU time as a share of the time that passed: all of its threads have one core. */
  readonly coreShare: number;
  /** How late each step of 2 ms was. */
  readonly lateMs: readonly number[];
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
  readonly #relay: TlsRelay | undefined;
  readonly #withWebhook: boolean;
  readonly #shape: Shape;
  #said = 0;

  private constructor(
    subject: Subject,
    model: TalkingModel,
    { relay, withWebhook, shape }: {
      readonly relay: TlsRelay | undefined;
      readonly withWebhook: boolean;
      readonly shape: Shape;
    },
  ) {
    this.#subject = subject;
    this.#model = model;
    this.#relay = relay;
    this.#withWebhook = withWebhook;
    this.#shape = shape;
  }

  static async start({ start, withWebhook, talk }: TrialPlan): Promise<Trial> {
    const { shape = "deltas" } = talk ?? {};
    // Frames without sound may wait a moment to be sent together.
    const heard = new Direction(shape === "conversation" ? "loud" : "all");
    const model = startTalkingModel({ ...talk, heard });
    const relay = talk?.tls && await startTlsRelay(model.url, talk.tls);
    const subject = await start(relay?.url ?? model.url).catch(async (error) => {
      await relay?.stop();
      throw error;
    });
    return new Trial(subject, model, { relay, withWebhook, shape });
  }

  get residentMb(): number {
    return residentMb(this.#subject.pid);
  }

  /** Calls until so many are there. */
  async callUpTo(count: number): Promise<void> {
    if (this.#callers.length >= count) return;
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
    // A caller who speaks would interrupt the greeting.
    if (this.#shape === "conversation") await this.#talk(GREETING_SECONDS, false);
  }

  /**
   * Talks for some seconds, in steps of 2 ms, each for the calls whose turn it is within the 20 ms: a
   * clock that catches up when it was held back. In a conversation every caller has one turn in that
   * time, and silence at its end.
   */
  async talk(seconds: number): Promise<Slice> {
    const [heardBefore, modelBefore] = [this.#heard, this.#model.heard].map((direction) =>
      direction.delaysMs.length
    );
    const cpuBefore = cpuSeconds(this.#subject.pid);
    const mainBefore = mainThreadSeconds(this.#subject.pid);
    const standIns = await this.#talk(seconds, true);
    const callSeconds = this.#callers.length * seconds;
    return {
      cpuMsPerCallSecond: (cpuSeconds(this.#subject.pid) - cpuBefore) * 1000 / callSeconds,
      mainMsPerCallSecond: (mainThreadSeconds(this.#subject.pid) - mainBefore) * 1000 / callSeconds,
      delaysMs: [
        ...this.#heard.delaysMs.slice(heardBefore),
        ...this.#model.heard.delaysMs.slice(modelBefore),
      ],
      standIns,
    };
  }

  /**
   * A sign of life while others talk: a line or a response that brings nothing is given up. Of every
   * `of`th call from the `first` on: all of them together would hold up whoever talks.
   */
  keepAlive(first: number, of: number): void {
    for (let i = first; i < this.#callers.length; i += of) this.#speak(this.#callers[i]!, false);
    if (this.#shape === "deltas") this.#model.speak(first, of);
  }

  async #talk(seconds: number, isHeard: boolean): Promise<StandIns> {
    const lateMs: number[] = [];
    const cpuBefore = cpuSeconds(Deno.pid);
    const startedAt = performance.now();
    const steps = seconds * 1000 / STEP_MS;
    for (let step = 0; step < steps;) {
      const due = Math.min(steps, Math.floor((performance.now() - startedAt) / STEP_MS));
      for (; step < due; step++) {
        lateMs.push(performance.now() - startedAt - (step + 1) * STEP_MS);
        const slot = step % STEPS_PER_FRAME;
        for (let i = slot; i < this.#callers.length; i += STEPS_PER_FRAME) {
          this.#speak(this.#callers[i]!, isHeard && this.#isLoud(i, step / steps));
        }
        this.#model.speak(slot, STEPS_PER_FRAME);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const passedMs = performance.now() - startedAt;
    return { coreShare: (cpuSeconds(Deno.pid) - cpuBefore) * 1000 / passedMs, lateMs };
  }

  #speak(caller: Caller, isLoud: boolean): void {
    caller.speak(isLoud);
    this.#said++;
  }

  /** The turns of a conversation are spread over the first half of the time. */
  #isLoud(index: number, passed: number): boolean {
    if (this.#shape === "deltas") return false;
    const from = LATEST_TURN * index / this.#callers.length;
    return passed >= from && passed < from + TURN;
  }

  async end(): Promise<Losses> {
    // What is still under way arrives, and with the end of a call what a server may have held back.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await Promise.all(this.#callers.map((caller) => caller.hangUp()));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const sent = this.#said + this.#model.said;
    const arrived = this.#heard.received + this.#model.heard.received;
    await this.#subject.stop();
    await this.#relay?.stop();
    await this.#model.close();
    return {
      sent,
      lost: sent - arrived,
      outOfOrder: this.#heard.outOfOrder + this.#model.heard.outOfOrder,
    };
  }
}

const STEP_MS = 2;
const GREETING_SECONDS = 6;
const STEPS_PER_FRAME = FRAME_MS / STEP_MS;
/** As shares of the time that is talked for. */
const LATEST_TURN = 0.5;
const TURN = 0.2;
