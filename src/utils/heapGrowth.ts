import v8 from "node:v8";

/**
 * Bounds how far the heap grows between two major collections. While sessions come and go quickly V8 lets
 * it grow fourfold, and Deno runs all steps of V8's marking in one turn of the event loop: audio of all
 * calls waits for up to a quarter of a second. Smaller collections, more of them, take no more CPU time in
 * all and less memory.
 */
export function boundHeapGrowth(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}

const GROWTH_PERCENT = 40;
