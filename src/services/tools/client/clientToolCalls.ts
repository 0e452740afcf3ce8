import { BoundedMap } from "../../../utils/boundedMap.ts";
import { ToolError } from "../tool.ts";

/** A tool that a client is to run; `id` names the call of it in the client's answer. */
export interface ClientToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a client says of a tool that it was to run. */
export type ClientToolAnswer =
  | { readonly id: string; readonly output: unknown }
  | { readonly id: string; readonly error: string };

/** The client that is connected to a call. */
export interface ToolClient {
  /** The tools that it has said it can run. */
  readonly names: ReadonlySet<string>;
  send(call: ClientToolCall): void;
}

/** A call whose client runs tools. */
export interface ClientCall {
  readonly id: string;
  /** Never rejects. */
  readonly ended: Promise<unknown>;
}

const MAX_CALLS = 10_000;

interface Pending {
  readonly call: ClientToolCall;
  readonly settle: (answer: ClientToolAnswer) => void;
}

/** The tools that clients of browser calls run: passes calls on, and waits for their answers. */
export class ClientToolCalls {
  /** By call; undefined for one that is away and may come back. */
  readonly #clients = new BoundedMap<string, ToolClient | undefined>(MAX_CALLS);
  readonly #pending = new Map<string, Map<string, Pending>>();
  #count = 0;

  /**
   * A client has come to a call, and gets what is asked for still: one that comes back may be asked
   * twice, under the same id. Returns what takes it away; another client that came since stays. Nothing
   * is kept of a call that has ended.
   */
  attach({ id: callId, ended }: ClientCall, client: ToolClient): () => void {
    if (!this.#clients.has(callId)) void ended.then(() => this.#clients.delete(callId));
    this.#clients.set(callId, client);
    for (const { call } of this.#pending.get(callId)?.values() ?? []) {
      if (client.names.has(call.name)) client.send(call);
    }
    return () => {
      if (this.#clients.get(callId) === client) this.#clients.set(callId, undefined);
    };
  }

  /** An answer that nobody waits for, or waits for no more, is ignored. */
  answer(callId: string, answer: ClientToolAnswer): void {
    this.#pending.get(callId)?.get(answer.id)?.settle(answer);
  }

  /**
   * Has the client of a call run a tool. Where it is away for a moment, it is asked when it is back.
   * Throws a `ToolError`; the caller's signal is what limits the time.
   */
  async run(
    callId: string,
    name: string,
    args: ClientToolCall["arguments"],
    signal: AbortSignal,
  ): Promise<unknown> {
    const client = this.#clients.get(callId);
    const isOffered = client === undefined ? this.#clients.has(callId) : client.names.has(name);
    if (!isOffered) {
      throw new ToolError("not_offered", "The caller's page does not offer this now.");
    }
    const call = { id: `tool_${++this.#count}`, name, arguments: args };
    const { promise, resolve, reject } = Promise.withResolvers<ClientToolAnswer>();
    const calls = this.#pending.get(callId) ?? new Map<string, Pending>();
    this.#pending.set(callId, calls.set(call.id, { call, settle: resolve }));
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      signal.throwIfAborted();
      client?.send(call);
      const answer = await promise;
      if ("output" in answer) return answer.output;
      throw new ToolError("client_failed", `The caller's page answered: ${answer.error}`);
    } finally {
      signal.removeEventListener("abort", abort);
      calls.delete(call.id);
      if (calls.size === 0) this.#pending.delete(callId);
    }
  }
}
