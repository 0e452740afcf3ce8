import type { MissedStep } from "../../callEvidence.ts";
import type { CallerSpan } from "../../ear/turnTaking.ts";
import type { SoundSpan } from "../../ear/soundSpans.ts";
import type { CallerStep } from "../../scenario.ts";

/** What a caller did, as far as the call has come; times are milliseconds since the answer. */
export class CallerActs {
  readonly #spans: CallerSpan[] = [];
  readonly #written: CallerSpan[] = [];
  readonly #quiet: SoundSpan[] = [];
  readonly #missed: MissedStep[] = [];
  readonly #leftOut: { readonly step: CallerStep; readonly atMs: number }[] = [];

  get spans(): readonly CallerSpan[] {
    return this.#spans.toSorted((a, b) => a.fromMs - b.fromMs);
  }

  /** All that the agent may have to answer. */
  get turns(): readonly CallerSpan[] {
    return [...this.#spans, ...this.#written].toSorted((a, b) => a.fromMs - b.fromMs);
  }

  /** Times in which the caller was silent on purpose. */
  get quiet(): readonly SoundSpan[] {
    return this.#quiet;
  }

  /** Steps that did not come about; those that were left out count as one, at the first. */
  get missed(): readonly MissedStep[] {
    const [first] = this.#leftOut;
    if (first === undefined) return this.#missed;
    const number = this.#leftOut.length;
    const steps = number === 1 ? "a step was" : `${number} steps were`;
    const what = `the call was over before ${steps} acted out: ${describe(first.step)}`;
    return [...this.#missed, { ...first, what: number === 1 ? what : `${what}, ...` }];
  }

  said(span: Omit<CallerSpan, "asks">): void {
    this.#spans.push({ ...span, asks: span.words !== "" });
  }

  /** Something was typed or pressed, without a sound; keys are without words. */
  wrote(words: string, atMs: number): void {
    this.#written.push({ fromMs: atMs, toMs: atMs, words, asks: true, cutsIn: false });
  }

  wasQuiet(span: SoundSpan): void {
    this.#quiet.push(span);
  }

  /** The call was over before a step: who was only to wait or to hang up has missed nothing by that. */
  leaveOut(step: CallerStep, atMs: number): void {
    if (["silence", "sound", "hangUp"].includes(step.type)) return;
    this.#leftOut.push({ step, atMs });
  }

  miss(missed: MissedStep): void {
    this.#missed.push(missed);
  }
}

function describe(step: CallerStep): string {
  switch (step.type) {
    case "say":
      return "words" in step.what ? `"${step.what.words}"` : "a recording";
    case "type":
      return `"${step.text}"`;
    case "keys":
      return "keys";
    default:
      return step.type;
  }
}
