import { join } from "node:path";
import { rehearse } from "../../../src/cli/rehearse.ts";
import { readRehearseOptions } from "../../../src/cli/rehearse/rehearseOptions.ts";
import { printedScreen } from "./printedScreen.ts";

/** Runs the command over scenarios, by their names, as they would stand in files. */
export async function rehearseTexts(
  scenarios: Readonly<Record<string, string>>,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(scenarios)) {
      await Deno.writeTextFile(join(folder, `${name}.yaml`), text);
    }
    const report = join(folder, "report.json");
    const lines: string[] = [];
    const options = readRehearseOptions(
      [folder, ...args, "--json", report, "--html", join(folder, "report.html")],
      2,
    );
    const { signal: interrupted } = new AbortController();
    const screen = printedScreen(lines);
    const code = await rehearse(options, { environment, screen, interrupted });
    return { code, printed: lines.join("\n"), report: await Deno.readTextFile(report) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
