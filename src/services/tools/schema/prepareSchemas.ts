import { sleep } from "../../../utils/sleep.ts";
import { createArgumentReader } from "./toolArguments.ts";
import { readToolSchema } from "./toolSchema.ts";

/** More tools than an agent has. */
const MAX_SCHEMAS = 500;
/** Calls under way are held up for no longer, but by a single schema that takes more. */
const SLICE_MS = 2;

/**
 * Compiles the parameters of tools in slices, so that whoever makes the tools finds them compiled. What is no
 * schema is left to be refused there.
 */
export async function prepareSchemas(parameters: readonly unknown[]): Promise<void> {
  let begunAt = performance.now();
  for (const each of parameters.slice(0, MAX_SCHEMAS)) {
    try {
      createArgumentReader(readToolSchema(each));
    } catch {
      continue;
    } finally {
      if (performance.now() - begunAt >= SLICE_MS) {
        await sleep(0);
        begunAt = performance.now();
      }
    }
  }
}
