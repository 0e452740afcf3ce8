import assert from "node:assert/strict";
import { browserTests } from "../support/browser/browser.ts";
import { type PageVisit, visitPage } from "../support/servers/pageServer.ts";
import { said } from "../support/store/storedCalls.ts";

const DAY = 86_400_000;
const MORNING = Date.UTC(2027, 0, 2, 8);
const PERIOD = "from=2026-12-27&to=2027-01-03";
const GREETING = "Good day, you have reached the desk.";

/** Three calls of two days. */
async function rememberSome({ remember, store }: Pick<PageVisit, "remember" | "store">) {
  const calls = [
    { id: "call_a", agent: "receptionist", startedAt: MORNING, text: GREETING },
    {
      id: "call_b",
      agent: "receptionist",
      startedAt: MORNING + 1000,
      text: "Good day,",
      unheard: "you have reached the desk.",
    },
    { id: "call_c", agent: "clerk", startedAt: MORNING - DAY, text: "Hello there." },
  ];
  for (const { id, agent, startedAt, ...line } of calls) {
    await remember({ id, agent, startedAt, direction: "inbound", model: "gpt-realtime-2.1" });
    const turn = said(id, { id: "item_1", role: "agent", interrupted: "unheard" in line, ...line });
    const tool = { callId: id, toolCallId: "tool_1", name: "book" };
    await store.calls.write([
      { type: "changed", callId: id, changes: { answeredAt: startedAt } },
      { ...turn, ...(turn.type === "turn" && { isGreeting: true }) },
      { ...tool, type: "toolStarted", arguments: "{}", startedMs: 1 },
      { ...tool, type: "toolEnded", ok: id !== "call_a", output: "", durationMs: 1, atMs: 2 },
    ]);
    await remember({ id, agent, startedAt }, {
      latenciesMs: [400, 900],
      endedAt: startedAt + 60_000,
    });
  }
}

type Row = readonly string[];

/** The table behind a chart, row by row. */
async function tableOf({ page }: PageVisit, title: string): Promise<readonly Row[]> {
  const figure = page.locator("figure", {
    has: page.getByRole("heading", { name: title, exact: true }),
  });
  await figure.getByText("Show as table").click();
  return await figure.locator("tr").evaluateAll((rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent ?? ""))
  );
}

browserTests("page: analytics", {
  async "page shows the numbers of the API in its charts and the tables behind them"(browser) {
    await visitPage({ browser }, async (visit) => {
      const { page, ask, go } = visit;
      await rememberSome(visit);
      await go("#analytics");
      await page.getByRole("heading", { name: "Cost" }).waitFor();
      const path = `/api/analytics/series?${PERIOD}`;
      const { series: [{ points }] } = await (await ask(path)).json();
      assert.equal(points.length, 7);
      const minutes = await tableOf(visit, "Minutes");
      assert.deepEqual(
        minutes.slice(1).map(([, value]) => Number(value)),
        points.map(({ minutes }: { minutes: number }) => minutes),
      );
      const latency = await tableOf(visit, "Time to answer");
      assert.deepEqual(
        latency.slice(1).map((row) => row.slice(1).join(" ")),
        points.map(({ latency }: { latency: { p50Ms: number | null; p95Ms: number | null } }) =>
          latency.p50Ms === null ? "— —" : `${latency.p50Ms} ms ${latency.p95Ms} ms`
        ),
      );
      const { series: agents } = await (await ask(`${path}&groupBy=agent`)).json();
      const calls = await tableOf(visit, "Calls");
      assert.deepEqual(calls[0], ["When", "Receptionist", "Clerk"]);
      assert.deepEqual(
        calls.slice(1).map((row) => row.slice(1).map(Number)),
        points.map((_: unknown, at: number) =>
          agents.map((line: { points: { calls: number }[] }) => line.points[at]?.calls)
        ),
      );
      const chart = (title: string) =>
        page.locator("figure", { has: page.getByRole("heading", { name: title, exact: true }) });
      assert.equal(await chart("Calls").locator(".chart-plot .point").count(), points.length);
      assert.equal(await chart("Minutes").locator(".chart-plot circle").count(), points.length);
      assert.equal(await chart("Time to answer").locator(".chart-plot circle").count(), 4);
      assert.deepEqual((await tableOf(visit, "Failures of tools")).at(-1)?.[1], "1");
    });
  },
  async "page reads each point of a chart out by the keyboard"(browser) {
    await visitPage({ browser, hash: "#talk" }, async (visit) => {
      const { page, go } = visit;
      await rememberSome(visit);
      await go("#analytics");
      const plot = page.getByRole("slider", { name: "Calls", exact: true });
      await plot.focus();
      assert.match(
        await plot.getAttribute("aria-valuetext") ?? "",
        /Jan 2: Receptionist 2, Clerk 0/,
      );
      await page.keyboard.press("ArrowLeft");
      assert.match(
        await plot.getAttribute("aria-valuetext") ?? "",
        /Jan 1: Receptionist 0, Clerk 1/,
      );
      assert.match(await page.locator(".chart-reading").first().textContent() ?? "", /Jan 1/);
      await page.keyboard.press("Home");
      assert.match(await plot.getAttribute("aria-valuetext") ?? "", /Dec 27/);
    });
  },
  async "page shows which words of a greeting were heard, and what the others cost"(browser) {
    await visitPage({ browser }, async (visit) => {
      const { page, ask, go } = visit;
      await rememberSome(visit);
      await go("#analytics");
      await page.getByText("Greeting of Receptionist").first().waitFor();
      const { greetings: [greeting], unheard } =
        await (await ask(`/api/analytics/retention?${PERIOD}`)).json();
      const words = await tableOf(visit, "Greeting of Receptionist");
      assert.deepEqual(
        words.slice(1).map(([word, heard, , cut]) => [word, Number(heard), Number(cut)]),
        greeting.words.map((
          word: string,
          at: number,
        ) => [word, greeting.heard[at], greeting.cutAfter[at]]),
      );
      const line = page.locator("figure.heard-line").first();
      assert.equal(await line.locator(".heard-word").count(), greeting.words.length);
      assert.deepEqual(
        (await line.locator(".cut-mark").allTextContents()).filter((mark) => mark !== ""),
        ["▾1"],
      );
      assert.match(
        await page.locator(".unheard-sum").textContent() ?? "",
        new RegExp(`for ${unheard.unheardWords} words`),
      );
    });
  },
  async "page keeps the filter of the analytics in its URL, and says what an empty page will show"(
    browser,
  ) {
    await visitPage({ browser }, async (visit) => {
      const { page, go } = visit;
      await rememberSome(visit);
      await go("#analytics?agent=clerk&period=30");
      const calls = page.getByRole("slider", { name: "Calls", exact: true });
      await calls.waitFor();
      assert.equal(await calls.getAttribute("aria-valuemax"), "30");
      await page.getByLabel("When", { exact: true }).selectOption("dates");
      await page.waitForURL(/period=dates/);
      await page.getByLabel("From", { exact: true }).fill("2026-11-01");
      await page.getByLabel("To", { exact: true }).fill("2026-11-03");
      await page.getByText("There were no calls in this time.").waitFor();
      assert.match(page.url(), /agent=clerk/);
      assert.equal(await calls.count(), 0);
    });
  },
});
