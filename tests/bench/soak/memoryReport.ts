/**
 * To be run before the server, with --expose-gc: on SIGUSR2 all garbage is collected, and what is left
 * is written to stdout as a line of JSON.
 */
import type { MemoryReport } from "./watchedServer.ts";

const known = new Map<string, Set<WeakRef<{ readonly size: number }>>>();

globalThis.Map = class<K, V> extends Map<K, V> {
  constructor(entries?: Iterable<readonly [K, V]> | null) {
    super(entries);
    remember(this, new Error().stack);
  }
};
globalThis.Set = class<T> extends Set<T> {
  constructor(values?: Iterable<T> | null) {
    super(values);
    remember(this, new Error().stack);
  }
};

Deno.addSignalListener("SIGUSR2", async () => {
  let collections: MemoryReport["collections"] = {};
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Which forgets those that are gone, lest the books themselves grow.
    collections = sizes();
  }
  collectGarbage();
  const { heapUsed, heapTotal, external } = Deno.memoryUsage();
  const report: MemoryReport = { heapUsed, heapTotal, external, collections };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(report)}\n`));
});

/** By the place in the program where they were made, as far as it is the program's own. */
function remember(collection: { readonly size: number }, stack = ""): void {
  const place = /\/src\/([\w/]+\.ts:\d+)/.exec(stack.split("\n").slice(2, 4).join("\n"))?.[1];
  if (place === undefined) return;
  const there = known.get(place);
  if (there === undefined) known.set(place, new Set([new WeakRef(collection)]));
  else there.add(new WeakRef(collection));
}

function sizes(): MemoryReport["collections"] {
  return Object.fromEntries([...known].map(([place, there]) => {
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
