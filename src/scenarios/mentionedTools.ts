import type { Scenario } from "./scenario.ts";

/** The tools that a scenario expects, or has the built-in engine call or answer to. */
export function mentionedTools(
  { expect, model }: Pick<Scenario, "expect" | "model">,
): readonly string[] {
  return [
    ...expect.flatMap((one) => one.type === "tool" ? [one.name] : []),
    ...model.flatMap(({ when, calls }) => [
      ...("tool" in when ? [when.tool] : []),
      ...calls.map(({ name }) => name),
    ]),
  ];
}
