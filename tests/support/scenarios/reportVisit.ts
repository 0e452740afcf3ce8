import type { Page } from "playwright-core";
import type { WholeReport } from "../../../src/scenarios/report/wholeReport.ts";
import { htmlReport } from "../../../src/scenarios/report/html/htmlReport.ts";
import { type BrowserPage, openPage } from "../browser/browser.ts";

export interface ReportVisit extends BrowserPage, AsyncDisposable {
  /** Every address that the page asked for. */
  readonly asked: readonly string[];
}

/** Opens a report in a browser, from a server that has nothing else. */
export async function visitReport(
  whole: WholeReport,
  options: Parameters<typeof openPage>[1] & { readonly hash?: string } = {},
): Promise<ReportVisit> {
  const html = htmlReport(whole);
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    asked.push(url);
    return new Response(html, { headers: { "Content-Type": "text/html" } });
  });
  const { hash = "", ...look } = options;
  const visit = await openPage(`http://127.0.0.1:${server.addr.port}/${hash}`, look);
  return {
    ...visit,
    asked,
    async [Symbol.asyncDispose]() {
      await visit.close();
      await server.shutdown();
    },
  };
}

/** Opens all runs of a report. */
export async function openAll(page: Page): Promise<void> {
  await page.evaluate("document.querySelectorAll('details').forEach((run) => run.open = true)");
}

/** Where the first call is, in milliseconds. */
export function position(page: Page): Promise<number> {
  return page.locator("#call-1 input[type=range]").evaluate((range) =>
    Number((range as unknown as { value: string }).value)
  );
}
