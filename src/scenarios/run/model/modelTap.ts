import type { Fault } from "../../../sim/openai/faults.ts";
import { present } from "../../../utils/present.ts";
import type { SpokenItem } from "../../ear/spokenItem.ts";
import { faultIn, faultOfRefusal, type ModelFault } from "./modelFault.ts";
import { relaySocket } from "./relaySocket.ts";
import { callOfRequest } from "./callOfRequest.ts";
import { TappedItems } from "./tappedItems.ts";

/** One connection of the server's to the model. */
export interface TappedSession {
  /** What the model has said in it so far. */
  readonly items: readonly SpokenItem[];
  /** The call that it was opened for; absent for one that prepares sentences. */
  readonly callId?: string;
}

/** Stands between the server and the model, and keeps what the model says. */
export interface ModelTap {
  /** Takes the place of the model's URL in the server's settings. */
  readonly url: string;
  /** All that was said, of sessions that are over as well. */
  readonly sessions: readonly TappedSession[];
  /** What went wrong at the model's end so far. */
  readonly faults: readonly ModelFault[];
  /** Whether the built-in engine answers, whose text and sound come in step. */
  readonly isInStep: boolean;
  close(): Promise<void>;
}

/** Where the model is, and what goes wrong on the way to it. */
export interface ModelTapOptions {
  readonly upstream: string;
  /** As in `SpokenItem`. */
  readonly isInStep: boolean;
  /** Of the built-in engine: faults that the first connection of each call has. */
  readonly firstFaults?: readonly Fault[] | undefined;
}

const MAX_FAULTS = 20;

/** Starts a tap on a free loopback port. */
export function startModelTap(
  { upstream, isInStep, firstFaults = [] }: ModelTapOptions,
): ModelTap {
  const sessions: TappedSession[] = [];
  const faults: ModelFault[] = [];
  const note = (fault: ModelFault | undefined) => {
    if (fault !== undefined && faults.length < MAX_FAULTS) faults.push(fault);
  };
  const seenCalls = new Set<string>();
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
      const callId = callIdOf(request);
      if (callId !== undefined && !seenCalls.has(callId)) {
        seenCalls.add(callId);
        for (const fault of firstFaults) target.searchParams.append("fault", fault);
      }
      const said = new TappedItems(isInStep);
      const session: TappedSession = {
        ...present({ callId }),
        get items() {
          return said.items;
        },
      };
      return await relaySocket(request, target, credentialsOf(request), {
        signal: stopped.signal,
        onOpen: () => sessions.push(session),
        onRefused: (status, body) => note(faultOfRefusal(status, body)),
        onModel(text) {
          said.follow(text);
          note(faultIn(text));
        },
      });
    },
  );
  const { pathname, search } = new URL(upstream);

  return {
    url: `ws://127.0.0.1:${server.addr.port}${pathname}${search}`,
    ...{ sessions, faults, isInStep },
    async close() {
      stopped.abort();
      await server.finished;
    },
  };
}

/** The server names its connections after their calls. */
function callIdOf({ headers }: Request): string | undefined {
  return callOfRequest(headers.get("x-client-request-id") ?? "");
}

/** The headers that a model asks for. */
function credentialsOf({ headers }: Request): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) =>
      name === "authorization" || name === "api-key" || name.startsWith("openai-") ||
      name === "x-client-request-id"
    ),
  );
}
