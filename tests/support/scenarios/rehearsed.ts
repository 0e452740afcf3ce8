import { rehearse } from "../../../src/cli/rehearse.ts";
import { readRehearseOptions } from "../../../src/cli/rehearse/rehearseOptions.ts";
import type { RunReport } from "../../../src/scenarios/report/runReport.ts";
import { slowerWhereBusy } from "./slowerWhereBusy.ts";
import { printedScreen } from "./printedScreen.ts";

/** What the command printed and wrote, and the code that it would have ended with. */
export interface Rehearsed {
  readonly code: number;
  readonly printed: string;
  readonly report: RunReport;
  readonly html: string;
}

/** Runs the command with these arguments in the settings of `environment`. */
export function rehearsed(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Rehearsed> {
  return slowerWhereBusy(args, (args) => once(environment, args));
}

async function once(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Rehearsed> {
  const folder = await Deno.makeTempDir({ prefix: "rehearsed-" });
  const printed: string[] = [];
  try {
    const [json, html] = [`${folder}/report.json`, `${folder}/report.html`];
    const code = await rehearse(readRehearseOptions([...args, "--json", json, "--html", html], 2), {
      environment,
      screen: printedScreen(printed),
      interrupted: new AbortController().signal,
    });
    return {
      ...{ code, printed: printed.join("\n") },
      report: JSON.parse(await Deno.readTextFile(json)),
      html: await Deno.readTextFile(html),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
