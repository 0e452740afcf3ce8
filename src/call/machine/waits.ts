import type { Milliseconds } from "../types.ts";
import type { DecidingParts } from "./decidingParts.ts";
import type { MachineParts } from "./machineParts.ts";
import { earliest } from "./wakeTimer.ts";

interface Waiting {
  readonly wakeAt: Milliseconds | undefined;
}

/** The parts of a call that wait for a time; some wait only while the caller is with the agent. */
export class Waits {
  readonly #always: readonly Waiting[];
  readonly #withCaller: readonly Waiting[];

  constructor({ speech, turns, menu, lateFrames }: MachineParts, parts: DecidingParts) {
    const { caller, deadlines, bridge, outageSpeech, tools, inputStall } = parts;
    const { connection, handover, handoff, transfer, recording } = parts;
    this.#always = [
      ...[speech, caller, turns, deadlines, bridge, outageSpeech, tools, inputStall],
      ...[connection, handover, handoff, transfer, recording, menu, lateFrames],
    ];
    this.#withCaller = [...this.#always, parts.closing, parts.answeringMachine, parts.leg];
  }

  /** The earliest of these times. */
  next(isAway: boolean): Milliseconds | undefined {
    const parts = isAway ? this.#always : this.#withCaller;
    return earliest(...parts.map((part) => part.wakeAt));
  }
}
