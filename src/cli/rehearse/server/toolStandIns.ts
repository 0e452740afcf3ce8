import { toolAnswers } from "../../../scenarios/run/toolAnswers.ts";
import type { ToolStub } from "../../../scenarios/scenario.ts";
import { ToolError, type ToolStandIn } from "../../../services/tools.ts";

/** Has a scenario's answers take the place of the tools; calls that no answer fits fail, and do not reach the tool. */
export function toolStandIns(stubs: readonly ToolStub[]): readonly ToolStandIn[] {
  const answerTo = toolAnswers(stubs);
  return [...new Set(stubs.map(({ name }) => name))].map((name) => ({
    name,
    async run(args, { signal }) {
      const stub = answerTo(name, args);
      if (stub === undefined) {
        throw new ToolError("not_in_scenario", "The scenario has no answer for these arguments.");
      }
      if (stub.delayMs > 0) await delayed(stub.delayMs, signal);
      if ("failure" in stub.result) throw new ToolError("failed", stub.result.failure);
      return { output: stub.result.output };
    },
  }));
}

function delayed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
    if (signal.aborted) over();
  });
}
