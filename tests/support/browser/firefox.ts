import type { Browser, BrowserType } from "playwright-core";
import { firefoxPath } from "../programs.ts";
import { PATIENCE_MS } from "../until.ts";
import type { FakeMicrophone } from "./browser.ts";

/** Firefox as Debian packages it, driven by WebDriver BiDi. Its colour scheme is that of all its pages. */
export async function launchFirefox(
  firefox: BrowserType,
  microphone: FakeMicrophone,
): Promise<Browser> {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: firefoxPath,
    timeout: PATIENCE_MS,
    args: ["--remote-allow-system-access"],
    firefoxUserPrefs: {
      "ui.prefersReducedMotion": 1,
      // Sound plays in time though the machine has no sound card.
      "media.cubeb.force_mock_context": true,
      ...microphonePreferences(microphone),
    },
  });
  emulateByPreference(browser);
  return browser;
}

function microphonePreferences(
  microphone: FakeMicrophone,
): Readonly<Record<string, number | boolean>> {
  const [PROMPTS, DENIES] = [0, 2];
  return {
    "permissions.default.microphone": microphone === "refused" ? DENIES : PROMPTS,
    "media.navigator.permission.disabled": microphone !== "refused",
    "media.navigator.streams.fake": typeof microphone === "object",
  };
}

/** Where pages save files: Playwright is not told of them, since Firefox gives what a link saves no id. */
export function downloadFolderOf(browser: Browser): string {
  const internals = browser as unknown as {
    readonly _connection: {
      toImpl(one: Browser): { readonly options: { readonly downloadsPath: string } };
    };
  };
  return internals._connection.toImpl(browser).options.downloadsPath;
}

type Send = (
  this: unknown,
  method: string,
  params: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

/**
 * Has Playwright's side of the connection set preferences in the place of the command for media features,
 * which Firefox does not know, and without which no page opens.
 */
function emulateByPreference(browser: Browser): void {
  const internals = browser as unknown as {
    readonly _connection: { toImpl(one: Browser): { readonly _browserSession: { send: Send } } };
  };
  const prototype = Object.getPrototypeOf(internals._connection.toImpl(browser)._browserSession);
  if (Object.hasOwn(prototype, "isPatched")) return;
  const send: Send = prototype.send;
  prototype.isPatched = true;
  prototype.send = function (this: unknown, ...[method, params]: Parameters<Send>) {
    if (method !== "emulation.setMediaFeaturesOverride") return send.call(this, method, params);
    const scheme = (params.features as Record<string, unknown>)["prefers-color-scheme"];
    return setPreference(
      send.bind(this),
      "layout.css.prefers-color-scheme.content-override",
      scheme === "dark" ? 0 : 1,
    );
  };
}

async function setPreference(send: OmitThisParameter<Send>, name: string, value: number) {
  const tree = await send("browsingContext.getTree", { "moz:scope": "chrome" });
  const context = (tree as { contexts: { context: string }[] }).contexts[0]!.context;
  await send("script.evaluate", {
    expression: `Services.prefs.setIntPref(${JSON.stringify(name)}, ${value})`,
    target: { context },
    awaitPromise: false,
  });
}
