import { WorkSlices } from "../../../utils/workSlices.ts";
import { createArgumentReader } from "./toolArguments.ts";
import { readToolSchema } from "./toolSchema.ts";

/** More tools than an agent has. */
const MAX_SCHEMAS = 500;

/**
 * Compiles the parameters of tools in slices, so that whoever makes the tools finds them compiled. What is no
 * schema is left to be refused there.
 */
export async function prepareSchemas(parameters: readonly unknown[]): Promise<void> {
  const slices = new WorkSlices();
  for (const each of parameters.slice(0, MAX_SCHEMAS)) {
    try {
      createArgumentReader(readToolSchema(each));
    } catch {
      continue;
    } finally {
      await slices.pause();
    }
  }
}
