import { dirname } from "node:path";
import { htmlReport } from "../scenarios/report/html/htmlReport.ts";
import { jsonOf } from "../scenarios/report/jsonOf.ts";
import { junitOf } from "../scenarios/report/junit.ts";
import type { WholeReport } from "../scenarios/report/wholeReport.ts";
import type { RehearseOptions } from "./rehearseOptions.ts";

const OWNER_ONLY = 0o600;

/** Writes the reports that were asked for; they hold what people said, and only their owner may read them. */
export async function writeReports(
  { html, json, junit }: Pick<RehearseOptions, "html" | "json" | "junit">,
  whole: WholeReport,
): Promise<void> {
  const files: readonly (readonly [string | undefined, () => string])[] = [
    [html, () => htmlReport(whole)],
    [json, () => jsonOf(whole)],
    [junit, () => junitOf(whole)],
  ];
  for (const [path, write] of files) {
    if (path === undefined) continue;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, write(), { mode: OWNER_ONLY });
    // The mode counts for a file that was not there yet; what is no file has none of its own.
    if ((await Deno.stat(path)).isFile) await Deno.chmod(path, OWNER_ONLY);
  }
}
