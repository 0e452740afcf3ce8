import type { Page } from "playwright-core";
import type { ClientMessage, ServerMessage } from "../../../src/protocol/web.ts";
import { Inbox } from "../inbox.ts";

/** Every JSON message of a page's sockets, both ways, in order. */
export type PageWire = Inbox<ServerMessage | ClientMessage>;

/** Follows the sockets that a page opens from now on. */
export function pageWire(page: Page): PageWire {
  const wire: PageWire = new Inbox();
  page.on("websocket", (socket) => {
    const note = ({ payload }: { readonly payload: string | Uint8Array }) => {
      if (typeof payload === "string") wire.add(JSON.parse(payload));
    };
    socket.on("framesent", note);
    socket.on("framereceived", note);
  });
  return wire;
}
