/** Virtual time: runs what was planned in order, and jumps over the time between. */
export interface Timeline {
  readonly now: number;
  at(time: number, run: () => void): void;
  /** Runs until nothing is planned any more. */
  run(): void;
}

export function createTimeline(): Timeline {
  const plans: { readonly time: number; readonly order: number; readonly run: () => void }[] = [];
  let now = 0;
  let order = 0;

  function at(time: number, run: () => void): void {
    const plan = { time: Math.max(time, now), order: order++, run };
    let i = plans.length;
    while (i > 0 && isLater(plans[i - 1]!, plan)) i--;
    plans.splice(i, 0, plan);
  }

  function run(): void {
    for (let plan = plans.shift(); plan !== undefined; plan = plans.shift()) {
      now = plan.time;
      plan.run();
    }
  }

  return {
    get now() {
      return now;
    },
    at,
    run,
  };
}

function isLater(a: { time: number; order: number }, b: { time: number; order: number }): boolean {
  return a.time > b.time || (a.time === b.time && a.order > b.order);
}
