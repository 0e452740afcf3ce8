import type { Browser, Page } from "playwright-core";
import { chromiumPath, isChromiumThere, isFirefoxThere } from "../programs.ts";
import { PATIENCE_MS } from "../until.ts";
import { launchFirefox } from "./firefox.ts";
import { followWire, type PageWire } from "./pageWire.ts";

export type { Browser };

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=user-gesture-required",
  // A name that leads here over plain http, which browsers do not trust as they trust localhost.
  "--host-resolver-rules=MAP plain.test 127.0.0.1",
];

/** What a browser under test has to do with a microphone. */
export type FakeMicrophone =
  /** A WAV file, over and over; Firefox hums a tone in its place. */
  | { readonly plays: string }
  /** Silence, until `speakInto` says something. */
  | "silent"
  | "refused"
  | "absent";

export interface BrowserPage {
  readonly page: Page;
  /** What the page complained of: console errors, exceptions, breaches of the content policy. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Registers a test that needs a real browser.
 *
 * Without Chromium the test is skipped, unless `REQUIRE_BROWSER=1` makes that a failure.
 * The browser keeps its process and pipes until it is closed, so leaks are looked for as ever.
 */
export function browserTest(name: string, run: (t: Deno.TestContext) => Promise<void>): void {
  const required = Deno.env.get("REQUIRE_BROWSER") === "1";
  Deno.test({ name, ignore: !required && !isChromiumThere(), fn: run });
}

/** As `browserTest`, and once more in Firefox: what the test opens is that browser. */
export function browserTestInBoth(
  name: string,
  run: (t: Deno.TestContext) => Promise<void>,
): void {
  browserTest(name, run);
  const required = Deno.env.get("REQUIRE_BROWSER") === "1";
  Deno.test({
    name: `in Firefox: ${name}`,
    ignore: !required && !isFirefoxThere(),
    async fn(t) {
      product = "firefox";
      try {
        await run(t);
      } finally {
        product = "chromium";
      }
    },
  });
}

/** Which browser is launched; the tests of a file run one after another. */
let product: "chromium" | "firefox" = "chromium";

/** As `browserTest`, for several tests that each open a page in one and the same browser. */
export function browserTests(
  name: string,
  tests: Readonly<Record<string, (browser: Browser) => Promise<void>>>,
  register: typeof browserTest = browserTest,
): void {
  register(name, async (t) => {
    const browser = await launchBrowser("absent");
    try {
      for (const [behaviour, run] of Object.entries(tests)) {
        await t.step(behaviour, () => run(browser));
      }
    } finally {
      await browser.close();
    }
  });
}

/** Opens an address, in a fresh browser unless one is given; several may run side by side. */
export async function openPage(
  url: string,
  { microphone = "absent", browser: given, prepare, wire, isFirstVisit = false, ...look }:
    & {
      readonly microphone?: FakeMicrophone;
      readonly browser?: Browser;
      /** The page shows the set-up at the first visit. */
      readonly isFirstVisit?: boolean;
      /** A script that runs in the page before its own. */
      readonly prepare?: string;
      /** Gets the messages of the page's sockets. */
      readonly wire?: PageWire;
    }
    & Parameters<Browser["newPage"]>[0] = {},
): Promise<BrowserPage> {
  const browser = given ?? await launchBrowser(microphone);
  const page = await browser.newPage(look);
  page.setDefaultTimeout(PATIENCE_MS);
  if (microphone === "silent") await page.addInitScript(SILENT_MICROPHONE);
  if (wire !== undefined) await followWire(page, wire);
  if (!isFirstVisit) await page.addInitScript(VISITED);
  // The page that stands before it has neither storage nor sound.
  if (prepare !== undefined) {
    await page.addInitScript(`if (location.protocol.startsWith("http")) {\n${prepare}\n}`);
  }
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    // A page may give up what it has asked for itself.
    if (ABORTED.has(request.failure()?.errorText ?? "")) return;
    complaints.push(`Failed: ${request.url()}`);
  });
  await page.goto(url);
  return {
    page,
    complaints,
    close: () => given === undefined ? browser.close() : page.context().close(),
  };
}

const ABORTED: ReadonlySet<string> = new Set(["net::ERR_ABORTED", "NS_BINDING_ABORTED"]);

/** A page without an origin has no storage. */
const VISITED = `try { localStorage.setItem("parley.visited", "yes"); } catch {}`;

/** Says a WAV file into the page's silent microphone. */
export async function speakInto(page: Page, speech: URL): Promise<void> {
  const wav = (await Deno.readFile(speech)).toBase64();
  await page.evaluate(`speak(Uint8Array.fromBase64(${JSON.stringify(wav)}).buffer)`);
}

/** Stands in for the device within the page, so that the caller can speak when something has happened. */
const SILENT_MICROPHONE = `if (navigator.mediaDevices) {
  let context, line;
  navigator.mediaDevices.getUserMedia = async () => {
    context = new AudioContext();
    line = context.createMediaStreamDestination();
    await context.resume();
    return line.stream;
  };
  globalThis.speak = async (wav) => {
    const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(wav) });
    source.connect(line);
    source.start();
  };
}`;

/** A browser of its own, for several pages; closing it is the caller's part. */
export async function launchBrowser(microphone: FakeMicrophone): Promise<Browser> {
  const { chromium, firefox } = await loadPlaywright();
  if (product === "firefox") {
    return await launchFirefox(firefox, microphone);
  }
  return await chromium.launch({
    executablePath: chromiumPath,
    timeout: PATIENCE_MS,
    args: [...FLAGS, ...microphoneFlags(microphone)],
  });
}

/** Playwright looks at /proc when it is loaded, which tests may not, unless it takes itself for tested. */
async function loadPlaywright() {
  Deno.env.set("__IS_WSL_TEST__", "1");
  return await import("playwright-core");
}

function microphoneFlags(microphone: FakeMicrophone): readonly string[] {
  const device = "--use-fake-device-for-media-stream";
  const allowed = "--use-fake-ui-for-media-stream";
  if (microphone === "refused") return [device, "--deny-permission-prompts"];
  if (microphone === "absent" || microphone === "silent") return [allowed];
  return [device, allowed, `--use-file-for-fake-audio-capture=${microphone.plays}`];
}
