import { type AppOverrides, createApp } from "../../../src/app.ts";
import type { ServedApp } from "../servers/phoneServer.ts";
import { Inbox } from "../inbox.ts";
import { type Browser, type BrowserPage, type FakeMicrophone, openPage } from "./browser.ts";
import type { PageWire } from "./pageWire.ts";

export const PUBLIC_KEY = "pk_0123456789abcdef";

export interface EmbedVisit extends BrowserPage, Pick<ServedApp, "app"> {
  /** Of the server, which is not that of the page. */
  readonly origin: string;
  /** Of the page. */
  readonly host: string;
  readonly wire: PageWire;
}

export interface EmbedVisitOptions {
  /** The page's HTML, by the server's origin. */
  readonly html: (origin: string) => string;
  /** The page's content policy, by the server's origin. */
  readonly policy?: (origin: string) => string;
  /** After the key and the origins. */
  readonly keyOptions?: string;
  /** In the place of the page's own. */
  readonly keyOrigin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The file of the agent `receptionist`, in the place of the usual one. */
  readonly agent?: string;
  readonly engine?: AppOverrides["engine"];
  readonly microphone?: FakeMicrophone;
  readonly browser?: Browser;
  readonly look?: Parameters<Browser["newPage"]>[0];
}

/** Opens a page of one server that talks with another: `localhost` and `127.0.0.1` are foreign to each other. */
export async function visitEmbed(
  { html, policy, microphone = "silent", look = {}, ...options }: EmbedVisitOptions,
  run: (visit: EmbedVisit) => Promise<void>,
): Promise<void> {
  let origin = "";
  const listen = (handle: (request: Request) => Response | Promise<Response>) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  const hostServer = listen(() =>
    new Response(html(origin), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        ...(policy && { "content-security-policy": policy(origin) }),
      },
    })
  );
  const host = `http://localhost:${hostServer.addr.port}`;
  const { keyOrigin = host, keyOptions = "", engine = { voice: "tone" } } = options;
  const folder = options.agent === undefined ? undefined : await Deno.makeTempDir();
  if (folder) await Deno.writeTextFile(`${folder}/receptionist.md`, options.agent ?? "");
  const app = await createApp({
    LOG_LEVEL: "error",
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: "ops:0123456789abcdef0123;scopes=admin",
    PUBLIC_KEYS: `site:${PUBLIC_KEY};origins=${keyOrigin};agents=receptionist${keyOptions}`,
    ...(folder && { AGENTS_DIR: folder }),
    ...options.env,
  }, { engine });
  const server = listen((request) => app.fetch(request, { remoteAddress: "127.0.0.1" }));
  origin = `http://127.0.0.1:${server.addr.port}`;
  const wire: PageWire = new Inbox();
  const opened = await openPage(host, {
    microphone,
    wire,
    ...(options.browser && { browser: options.browser }),
    ...look,
  });
  try {
    await run({ ...opened, app, origin, host, wire });
  } finally {
    await opened.close();
    await app.close();
    await server.shutdown();
    await hostServer.shutdown();
    if (folder) await Deno.remove(folder, { recursive: true });
  }
}

/**
 * What a page complained of, without that its microphone was silent, which on a slow machine it is for
 * long, and that Firefox looks for an icon of the host's page.
 */
export function besidesSilence(complaints: readonly string[]): readonly string[] {
  return complaints.filter((text) =>
    !text.includes("microphone_silent") && !text.includes("/favicon.ico")
  );
}
