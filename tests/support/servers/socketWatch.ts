import {
  WebSocketClient,
  type WebSocketEnd,
} from "../../../src/utils/webSocket/webSocketClient.ts";
import { Inbox } from "../inbox.ts";

/** A client, and what it has told. */
export interface WatchedSocket {
  readonly socket: WebSocketClient;
  /** The headers of the server's answer. */
  readonly opened: Promise<Headers>;
  readonly messages: Inbox<string | undefined>;
  readonly ends: Inbox<WebSocketEnd>;
  end(): Promise<WebSocketEnd>;
}

export function openSocket(
  url: string,
  { headers = {}, onMessage }: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly onMessage?: (text: string | undefined) => void;
  } = {},
): WatchedSocket {
  const opened = Promise.withResolvers<Headers>();
  const messages = new Inbox<string | undefined>();
  const ends = new Inbox<WebSocketEnd>();
  const socket = new WebSocketClient({ url, headers }, {
    onOpen: opened.resolve,
    onMessage(text) {
      messages.add(text);
      onMessage?.(text);
    },
    onClose: (end) => ends.add(end),
  }, { maxMessageBytes: MAX_MESSAGE_BYTES, endTimeoutMs: END_TIMEOUT_MS });
  return { socket, opened: opened.promise, messages, ends, end: () => ends.find(() => true) };
}

export const MAX_MESSAGE_BYTES = 1_000_000;
export const END_TIMEOUT_MS = 200;
