import assert from "node:assert/strict";
import { type AppOverrides, createApp } from "../../../src/app.ts";
import { Inbox } from "../inbox.ts";
import { type Browser, type BrowserPage, openPage } from "./browser.ts";
import type { PageWire } from "./pageWire.ts";

export interface AppVisit extends BrowserPage {
  readonly wire: PageWire;
}

/** Opens a view of the page of the whole server, with a caller who is silent until `speakInto`. Fails where the page complained. */
export async function visitApp(
  { hash = "", look = {}, ...overrides }: AppOverrides & {
    readonly hash?: string;
    readonly look?: Parameters<Browser["newPage"]>[0];
  },
  run: (visit: AppVisit) => Promise<void>,
): Promise<void> {
  const app = await createApp({ LOG_LEVEL: "error", DATABASE_URL: "sqlite::memory:" }, overrides);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => app.fetch(request, { remoteAddress: "127.0.0.1" }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/${hash}`;
  const wire: PageWire = new Inbox();
  const opened = await openPage(url, { microphone: "silent", wire, ...look });
  try {
    await opened.page.waitForSelector("#start:enabled");
    await run({ ...opened, wire });
    assert.deepEqual(opened.complaints, []);
  } finally {
    await opened.close();
    await app.close();
    await server.shutdown();
  }
}
