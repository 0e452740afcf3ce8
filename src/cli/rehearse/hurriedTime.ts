/** A time that runs faster than the real one, or slower, until it is disposed of. */
export interface HurriedTime extends Disposable {
  /** Real milliseconds, which only differ meaningfully from each other. */
  realNow(): number;
}

/**
 * Has all time of this process run `speed` times as fast: what the clocks say, and when timers are due. Server,
 * engine, carrier and callers then stay on one time, and what takes work takes as many times as long by it.
 * `AbortSignal.timeout` and timers of other threads stay in real time: at speed 4, a limit of 1 s is 4 s of the call.
 */
export function hurryTime(speed: number): HurriedTime {
  const real = {
    performanceNow: performance.now.bind(performance),
    dateNow: Date.now,
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
  };
  const from = { performance: real.performanceNow(), date: real.dateNow() };
  const passed = () => (real.performanceNow() - from.performance) * speed;
  const changed = {
    performanceNow: () => from.performance + passed(),
    dateNow: () => Math.floor(from.date + passed()),
    setTimeout: hurried(real.setTimeout, speed),
    setInterval: hurried(real.setInterval, speed),
  };
  apply(changed);
  return {
    realNow: real.performanceNow,
    [Symbol.dispose]: () => apply(real),
  };
}

interface Clocks {
  readonly performanceNow: () => number;
  readonly dateNow: () => number;
  readonly setTimeout: typeof globalThis.setTimeout;
  readonly setInterval: typeof globalThis.setInterval;
}

function apply({ performanceNow, dateNow, setTimeout, setInterval }: Clocks): void {
  performance.now = performanceNow;
  Date.now = dateNow;
  globalThis.setTimeout = setTimeout;
  globalThis.setInterval = setInterval;
}

function hurried<Timer extends Clocks["setTimeout" | "setInterval"]>(
  timer: Timer,
  speed: number,
): Timer {
  return new Proxy(timer, {
    apply(target, self, [run, delayMs, ...more]: readonly unknown[]) {
      return Reflect.apply(target, self, [run, Number(delayMs ?? 0) / speed, ...more]);
    },
  });
}
