import { type Losses, type Slice, Trial, type TrialPlan } from "./trial.ts";

export interface Talk {
  readonly rounds: number;
  /** In each round, one server after another talks for so long. */
  readonly seconds: number;
  /** Placed before, where they are not there yet. */
  readonly calls: number;
}

/** Servers that are all up with their calls. They talk in turn; the others show signs of life. */
export class TurnTaking {
  readonly trials: readonly Trial[];
  readonly #living: ReturnType<typeof setInterval>;
  #talking: Trial | undefined;

  private constructor(trials: readonly Trial[]) {
    this.trials = trials;
    let part = 0;
    this.#living = setInterval(() => {
      for (const trial of this.trials) {
        if (trial !== this.#talking) trial.keepAlive(part, ALIVE_PARTS);
      }
      part = (part + 1) % ALIVE_PARTS;
    }, ALIVE_EVERY_MS / ALIVE_PARTS);
  }

  static async start(plans: readonly TrialPlan[]): Promise<TurnTaking> {
    return new TurnTaking(await Promise.all(plans.map(Trial.start)));
  }

  /** The rounds of each trial. */
  async talk(
    trials: readonly Trial[],
    { rounds, seconds, calls }: Talk,
  ): Promise<readonly (readonly Slice[])[]> {
    const slices = trials.map((): Slice[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, trial] of trials.entries()) {
        await trial.callUpTo(calls);
        this.#talking = trial;
        slices[i]!.push(await trial.talk(seconds));
        this.#talking = undefined;
      }
    }
    return slices;
  }

  async end(): Promise<readonly Losses[]> {
    clearInterval(this.#living);
    const losses: Losses[] = [];
    for (const trial of this.trials) losses.push(await trial.end());
    return losses;
  }
}

const ALIVE_EVERY_MS = 2000;
const ALIVE_PARTS = 20;
