import { shown } from "./measure.ts";

/** Puts this process on one core, and returns the other, for the server; undefined where that cannot be done. */
export function takeOneCore(): number | undefined {
  if (Deno.build.os !== "linux" || navigator.hardwareConcurrency < 2) return undefined;
  try {
    shown("taskset", "--all-tasks", "--cpu-list", "--pid", "1", String(Deno.pid));
    return 0;
  } catch {
    return undefined;
  }
}
