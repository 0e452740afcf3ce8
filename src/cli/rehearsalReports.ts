import { dirname } from "node:path";
import { htmlReport } from "../scenarios/report/html/htmlReport.ts";
import { jsonOf } from "../scenarios/report/jsonOf.ts";
import { junitOf } from "../scenarios/report/junit.ts";
import type { WholeReport } from "../scenarios/report/wholeReport.ts";
import type { RehearseOptions } from "./rehearseOptions.ts";

/** Writes the reports that were asked for. */
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
    await Deno.writeTextFile(path, write());
  }
}
