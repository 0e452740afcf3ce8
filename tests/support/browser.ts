import type { Browser, Page } from "playwright-core";

const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

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
  /** A WAV file, from its beginning, once. */
  | { readonly plays: string }
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
 * Without Chromium the test is skipped and says so, unless `REQUIRE_BROWSER=1` makes that a failure.
 * The browser keeps its process and pipes until it is closed, so leaks are looked for as ever.
 */
export function browserTest(name: string, run: () => Promise<void>): void {
  const present = exists(CHROMIUM);
  const required = Deno.env.get("REQUIRE_BROWSER") === "1";
  Deno.test({
    name: present || required ? name : `${name} (skipped: no Chromium at ${CHROMIUM})`,
    ignore: !present && !required,
    fn: run,
  });
}

/** Opens a fresh browser on an address; several may run side by side. */
export async function openPage(
  url: string,
  { microphone = "absent", ...look }:
    & { readonly microphone?: FakeMicrophone }
    & Parameters<Browser["newPage"]>[0] = {},
): Promise<BrowserPage> {
  const browser = await (await loadPlaywright()).launch({
    executablePath: CHROMIUM,
    args: [...FLAGS, ...microphoneFlags(microphone)],
  });
  const page = await browser.newPage(look);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`Failed: ${request.url()}`));
  await page.goto(url);
  return { page, complaints, close: () => browser.close() };
}

/** Playwright looks at /proc when it is loaded, which tests may not, unless it takes itself for tested. */
async function loadPlaywright() {
  Deno.env.set("__IS_WSL_TEST__", "1");
  return (await import("playwright-core")).chromium;
}

function microphoneFlags(microphone: FakeMicrophone): readonly string[] {
  const device = "--use-fake-device-for-media-stream";
  const allowed = "--use-fake-ui-for-media-stream";
  if (microphone === "refused") return [device, "--deny-permission-prompts"];
  if (microphone === "absent") return [allowed];
  return [device, allowed, `--use-file-for-fake-audio-capture=${microphone.plays}%noloop`];
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
