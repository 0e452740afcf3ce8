/** One promise of the product, tried for long: with faults at random moments, and figures at the end. */
export interface Scenario {
  readonly name: string;
  /** In a sentence, as the table's reader sees it. */
  readonly promise: string;
  /**
   * How often it tries; a scenario says in its own words of what. All usual ones together take 10 to 15
   * minutes on a machine with two cores.
   */
  readonly counts: { readonly usual: number; readonly full: number };
  /** Rejects where it cannot measure at all. Closes whatever it opens. */
  run(options: SoakOptions): Promise<readonly Figure[]>;
}

export interface SoakOptions {
  readonly count: number;
  /** The same seed makes the same faults, as far as the machine's own timing lets it. */
  readonly seed: number;
  /** Whether `--full` is given: what is not counted may last longer too. */
  readonly full?: boolean;
  /** To be called often: a line is printed every few seconds. */
  progress(done: number, note?: string): void;
}

/** A row of the table. */
export interface Figure {
  readonly what: string;
  readonly measured: number | string;
  /** With its relation and unit: "<= 1.5 s". */
  readonly target: string;
  readonly ok: boolean;
}

/** A figure that must not be above its limit; both are rounded to two digits after the point. */
export function atMost(what: string, measured: number, limit: number, unit = ""): Figure {
  return { ...figure(what, measured, `<= ${shown(limit, unit)}`, unit), ok: measured <= limit };
}

/** A figure that must not be below its limit. */
export function atLeast(what: string, measured: number, limit: number, unit = ""): Figure {
  return { ...figure(what, measured, `>= ${shown(limit, unit)}`, unit), ok: measured >= limit };
}

/** A count that must be exactly so. */
export function exactly(what: string, measured: number, wanted: number, unit = ""): Figure {
  return { ...figure(what, measured, shown(wanted, unit), unit), ok: measured === wanted };
}

function figure(what: string, measured: number, target: string, unit: string) {
  return { what, measured: shown(measured, unit), target };
}

function shown(value: number, unit: string): string {
  return `${Math.round(value * 100) / 100}${unit === "" ? "" : ` ${unit}`}`;
}
