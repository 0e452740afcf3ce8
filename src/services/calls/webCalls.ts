import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { CallEnd } from "../../call/types.ts";
import type { CallLookup } from "./callLookup.ts";
import { present } from "../../utils/present.ts";

/** A browser's call, as a client that comes back to it finds it. */
export interface WebCall {
  readonly agent: string;
  /** Name of the API key that began it. */
  readonly keyName?: string;
  /** Absent while the call is live. */
  readonly end?: CallEnd;
}

export interface WebCallsDeps {
  readonly registry: Pick<CallRegistry, "get">;
  readonly lookup: Pick<CallLookup, "record">;
}

export type WebCalls = ReturnType<typeof createWebCalls>;

/** Creates the way back to calls of browsers whose connection broke. */
export function createWebCalls({ registry, lookup }: WebCallsDeps) {
  return {
    /** Rejects where the call is not held here and the store cannot be read. */
    async find(callId: string): Promise<WebCall | undefined> {
      const session = registry.get(callId);
      if (session !== undefined) return session.request;
      const record = await lookup.record(callId);
      if (record?.direction !== "web") return undefined;
      const { agent, keyName, end } = record;
      return { agent, ...present({ keyName, end }) };
    },
    /** The session of a live call; undefined where the call has ended since. */
    open(callId: string): Promise<CallSession | undefined> {
      return Promise.resolve(registry.get(callId));
    },
  };
}
