import type { MissedStep } from "../callEvidence.ts";
import type { CallerSpan } from "../ear/turnTaking.ts";
import type { SoundSpan } from "../ear/soundSpans.ts";

/** What a caller did, as far as the call has come; times are milliseconds since the answer. */
export class CallerActs {
  readonly #spans: CallerSpan[] = [];
  readonly #quiet: SoundSpan[] = [];
  readonly #missed: MissedStep[] = [];

  get spans(): readonly CallerSpan[] {
    return this.#spans.toSorted((a, b) => a.fromMs - b.fromMs);
  }

  /** Times in which the caller was silent on purpose. */
  get quiet(): readonly SoundSpan[] {
    return this.#quiet;
  }

  get missed(): readonly MissedStep[] {
    return this.#missed;
  }

  said(span: CallerSpan): void {
    this.#spans.push(span);
  }

  wasQuiet(span: SoundSpan): void {
    this.#quiet.push(span);
  }

  miss(missed: MissedStep): void {
    this.#missed.push(missed);
  }
}
