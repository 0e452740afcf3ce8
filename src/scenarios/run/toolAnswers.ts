import { isPartOf } from "../partOf.ts";
import type { ToolStub } from "../scenario.ts";

/** The answer that a call of a tool gets; undefined where none of the tool's fits. */
export type ToolAnswers = (
  name: string,
  args: Readonly<Record<string, unknown>>,
) => ToolStub | undefined;

/** Answers by the first that fits, and remembers which were used. */
export function toolAnswers(stubs: readonly ToolStub[]): ToolAnswers {
  const used = new Set<ToolStub>();
  return (name, args) => {
    const stub = stubs.find((one) =>
      one.name === name && !used.has(one) && isPartOf(one.with, args)
    );
    if (stub?.once === true) used.add(stub);
    return stub;
  };
}
