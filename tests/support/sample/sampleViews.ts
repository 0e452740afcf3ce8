import type { Page } from "playwright-core";
import { speakInto } from "../browser/browser.ts";
import { until } from "../until.ts";
import { FULL_CALL } from "./fullCall.ts";

/** One view of the page, with sample data. */
export interface SampleView {
  readonly name: string;
  /** A call is under way in it. */
  readonly isCall?: true;
  /** Resolves when the view shows its data. */
  open(page: Page, origin: string): Promise<void>;
  /** Ends what was begun in it. */
  leave?(page: Page): Promise<void>;
}

const SPEECH = new URL("../../fixtures/speech/goforward.wav", import.meta.url);

const TYPED = [
  ["I have to move my appointment.", "When is it now?"],
  ["It is on Thursday.", "Friday at nine"],
] as const;

/** Some of the last line has been heard, and some has not. */
const HEARD_IN_PART = `(() => {
  const words = [...document.querySelectorAll("#transcript .agent .words")].at(-1);
  const ahead = words.querySelector(".ahead")?.textContent ?? "";
  return words.textContent.slice(0, words.textContent.length - ahead.length).includes("found it");
})()`;

/** All views of the page, as the sample server fills them. */
export function sampleViews(
  { batchId, liveId, embedOrigin }: {
    readonly batchId: string;
    readonly liveId: string;
    readonly embedOrigin: string;
  },
): readonly SampleView[] {
  return [
    view("talk", "#talk", "#start:enabled"),
    {
      name: "talk-in-call",
      isCall: true,
      async open(page, origin) {
        await page.goto(`${origin}/#talk`);
        await page.click("#start:enabled");
        await page.waitForSelector("#desk:not([hidden])");
        await page.locator("#transcript").getByText("How can I help you?").waitFor();
        for (const [said, answer] of TYPED) {
          // What the agent says is heard whole.
          await page.waitForSelector("#interrupt:disabled");
          await page.fill("#text", said);
          await page.press("#text", "Enter");
          await page.locator("#transcript").getByText(answer).waitFor();
        }
      },
      async leave(page) {
        await page.click("#stop");
        await page.waitForSelector("body[data-phase=ended]");
      },
    },
    view("talk-ended", "", "body[data-phase=ended]"),
    {
      name: "talk-cut-off",
      async open(page, origin) {
        await page.emulateMedia({ reducedMotion: "no-preference" });
        await page.clock.resume();
        await page.goto(`${origin}/#talk`);
        await page.click("#start:enabled");
        const said = (text: string) => page.locator("#transcript").getByText(text).waitFor();
        await said("How can I help you?");
        for (const answer of ["When is it now?", "Friday at nine"]) {
          await page.waitForSelector("#interrupt:disabled");
          await speakInto(page, SPEECH);
          await said(answer);
        }
        await until(() => page.evaluate(HEARD_IN_PART), (isHeard) => isHeard === true);
        await speakInto(page, SPEECH);
        await page.waitForSelector("#transcript .interrupted");
        await said("See you then.");
      },
      async leave(page) {
        await page.click("#stop");
        await page.emulateMedia({ reducedMotion: "reduce" });
      },
    },
    view("live-calls", "#calls", "#calls-list li"),
    {
      name: "live-call",
      async open(page, origin) {
        await view("", `#calls/${liveId}`, "#call-transcript .line").open(page, origin);
        await page.click("#listen");
        await page.waitForSelector("#listen-levels:visible");
      },
      leave: (page) => page.click("#listen"),
    },
    view("records", "#records", "#records .rows li"),
    {
      name: "record",
      async open(page, origin) {
        await view("", `#records/${FULL_CALL}`, "#record .waves.drawn").open(page, origin);
        await page.evaluate("document.getElementById('record-recording').scrollIntoView()");
      },
    },
    view("analytics", "#analytics", "#analytics-charts svg"),
    view("call-out", "#place", "#place-form"),
    view("batches", "#batches", "#batches-list li, #batches-list tr"),
    view("batch", `#batches/${batchId}`, "#batch-results tr"),
    view("calendar", "#calendar", "#calendar-list li"),
    view("agents", "#agents", "#agents-list > *"),
    view("agent", "#agents/receptionist", "#agent-listing > *"),
    view("do-not-call", "#do-not-call", "#listed > *"),
    view("set-up", "#setup", "#setup li"),
    {
      name: "embedded",
      async open(page) {
        await page.goto(embedOrigin);
        await page.click("text=Talk to us");
        await page.waitForSelector("text=Start talking");
      },
    },
  ];
}

function view(name: string, hash: string, shown: string): SampleView {
  return {
    name,
    async open(page, origin) {
      if (hash !== "") await page.goto(`${origin}/${hash}`);
      await page.waitForSelector(shown);
      await page.waitForSelector("main:not([hidden]):not(.loading):not([aria-busy=true])");
    },
  };
}
