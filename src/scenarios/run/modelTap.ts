import { Mailbox } from "../../sim/mailbox.ts";
import type { SpokenItem } from "../ear/spokenItem.ts";
import { relaySocket } from "./relaySocket.ts";
import { TappedItems } from "./tappedItems.ts";

/** One connection of the server's to the model. */
export interface TappedSession {
  /** What the model has said in it so far. */
  readonly items: readonly SpokenItem[];
  /** Counts the connections from 0, in the order in which they were opened. */
  readonly index: number;
}

/** Stands between the server and the model, and keeps what the model says. */
export interface ModelTap {
  /** Takes the place of the model's URL in the server's settings. */
  readonly url: string;
  /** All that was said, of sessions that are over as well. */
  readonly sessions: readonly TappedSession[];
  /**
   * The next session that hears a caller and was not asked for before: others prepare sentences. Rejects once
   * the tap is closed.
   */
  nextHearing(): Promise<TappedSession>;
  close(): Promise<void>;
}

const MAX_WAITING = 1000;

/** Starts a tap on a free loopback port; `isInStep` as in `SpokenItem`. */
export function startModelTap(
  { upstream, isInStep }: { readonly upstream: string; readonly isInStep: boolean },
): ModelTap {
  const sessions: TappedSession[] = [];
  const hearing = new Mailbox<TappedSession>(MAX_WAITING);
  const stopped = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: stopped.signal, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const target = new URL(`${pathname}${search}`, upstream);
      if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
        target.protocol = target.protocol.replace("ws", "http");
        return await fetch(target, { headers: credentialsOf(request), redirect: "manual" });
      }
      const said = new TappedItems(isInStep);
      let hears = false;
      const session: TappedSession = {
        index: sessions.length,
        get items() {
          return said.items;
        },
      };
      return await relaySocket(request, target, credentialsOf(request), {
        signal: stopped.signal,
        onOpen: () => sessions.push(session),
        onModel: (text) => said.follow(text),
        onServer(text) {
          if (hears || !HEARS.test(text.slice(0, 200))) return;
          hears = true;
          hearing.put(session);
        },
      });
    },
  );
  const { pathname } = new URL(upstream);

  return {
    url: `ws://127.0.0.1:${server.addr.port}${pathname}`,
    sessions,
    nextHearing: () => hearing.next("Cannot wait for a caller: the tap is closed"),
    async close() {
      hearing.close();
      stopped.abort();
      await server.finished;
    },
  };
}

const HEARS = /"input_audio_buffer\.append"/;

/** The headers that a model asks for. */
function credentialsOf({ headers }: Request): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) =>
      name === "authorization" || name === "api-key" || name === "sec-websocket-protocol" ||
      name.startsWith("openai-")
    ),
  );
}
