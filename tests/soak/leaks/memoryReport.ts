/**
 * To be run before the server, with --expose-gc: on SIGUSR2 all garbage is collected, and what is left
 * is written to stdout as a line: MEMORY and JSON.
 */
import { TimerQueue } from "../../../src/utils/timerQueue.ts";
import type { MemoryReport } from "./watchedServer.ts";

type Timer = ReturnType<typeof setTimeout>;

/**
 * Those that are made while the server starts, and live as long as it does. What is made later belongs
 * to a call: to refer to all of that, if weakly, would keep it.
 */
const collections = new Map<string, Set<WeakRef<{ readonly size: number }>>>();
let isStarting = true;
/** By id, so that one that was cleared or has fired is gone; only few are live at a time. */
const timers = new Map<Timer | symbol | undefined, string>();

globalThis.Map = class<K, V> extends Map<K, V> {
  constructor(entries?: Iterable<readonly [K, V]> | null) {
    super(entries);
    remember(this);
  }
};
globalThis.Set = class<T> extends Set<T> {
  constructor(values?: Iterable<T> | null) {
    super(values);
    remember(this);
  }
};

const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
Object.assign(globalThis, {
  setTimeout(run: (...args: unknown[]) => void, delayMs?: number, ...args: unknown[]): Timer {
    const id = setTimeout(() => {
      timers.delete(id);
      run(...args);
    }, delayMs);
    timers.set(id, placeOf(new Error().stack));
    return id;
  },
  setInterval(run: (...args: unknown[]) => void, delayMs?: number, ...args: unknown[]): Timer {
    const id = setInterval(run, delayMs, ...args);
    timers.set(id, placeOf(new Error().stack));
    return id;
  },
  clearTimeout(id?: Timer): void {
    timers.delete(id);
    clearTimeout(id);
  },
  clearInterval(id?: Timer): void {
    timers.delete(id);
    clearInterval(id);
  },
});

const { setTimer } = TimerQueue.prototype;
TimerQueue.prototype.setTimer = function (wake, delayMs) {
  const timer = Symbol();
  const cancel = setTimer.call(this, () => {
    timers.delete(timer);
    wake();
  }, delayMs);
  timers.set(timer, placeOf(new Error().stack));
  return () => {
    timers.delete(timer);
    cancel();
  };
};

Deno.addSignalListener("SIGUSR2", async () => {
  let held: MemoryReport["collections"] = {};
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Which forgets those that are gone, lest the books themselves grow.
    held = sizes();
  }
  collectGarbage();
  const { heapUsed, heapTotal, external } = Deno.memoryUsage();
  const report: MemoryReport = {
    heapUsed,
    heapTotal,
    external,
    collections: held,
    timers: Object.fromEntries(
      [...Map.groupBy(timers.values(), (place) => place)]
        .map(([place, { length }]) => [place, length]),
    ),
  };
  Deno.stdout.writeSync(new TextEncoder().encode(`MEMORY ${JSON.stringify(report)}\n`));
});

const { serve } = Deno;
Object.assign(Deno, {
  serve(...args: Parameters<typeof serve>) {
    isStarting = false;
    return serve(...args);
  },
});

function remember(collection: { readonly size: number }): void {
  if (!isStarting) return;
  const place = placeOf(new Error().stack);
  if (place === "elsewhere") return;
  const there = collections.get(place);
  if (there === undefined) collections.set(place, new Set([new WeakRef(collection)]));
  else there.add(new WeakRef(collection));
}

/** The first place of the program's own on the stack, but for the clock that all use. */
function placeOf(stack = ""): string {
  return /\/src\/(?!utils\/clock\.ts)([\w/]+\.ts:\d+)/.exec(
    stack.split("\n").slice(2, 6).join("\n"),
  )?.[1] ??
    "elsewhere";
}

function sizes(): MemoryReport["collections"] {
  return Object.fromEntries([...collections].map(([place, there]) => {
    let entries = 0;
    for (const reference of there) {
      const collection = reference.deref();
      if (collection === undefined) there.delete(reference);
      else entries += collection.size;
    }
    return [place, { entries, alive: there.size }];
  }));
}

function collectGarbage(): void {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") throw new Error("Cannot collect garbage: start with --expose-gc");
  gc();
}
