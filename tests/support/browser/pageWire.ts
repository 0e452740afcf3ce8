import type { Page } from "playwright-core";
import type { ClientMessage, ServerMessage } from "../../../src/protocol/web.ts";
import type { Inbox } from "../inbox.ts";

/** Every JSON message of a page's sockets, both ways, in order. */
export type PageWire = Inbox<ServerMessage | ClientMessage>;

/** Follows the sockets of what the page loads from now on. */
export async function followWire(page: Page, wire: PageWire): Promise<void> {
  await page.exposeFunction("noteMessage", (text: string) => wire.add(JSON.parse(text)));
  await page.addInitScript(NOTED_SOCKETS);
}

/** Within the page, since Firefox does not tell of the messages of sockets. */
const NOTED_SOCKETS = `globalThis.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string") noteMessage(data);
    });
  }
  send(data) {
    if (typeof data === "string") noteMessage(data);
    super.send(data);
  }
}`;
