import type { Milliseconds } from "../../../call/types.ts";
import type { Clock } from "../../../utils/clock.ts";
import type { Log } from "../../../utils/logger.ts";
import type { Incidents } from "../../../utils/incidents.ts";
import { withoutValues } from "../redaction.ts";
import { prepareSchemas } from "../schema/prepareSchemas.ts";
import { ToolError } from "../tool.ts";
import { Unreachable, unreachableReason } from "../unreachable.ts";
import {
  codeOf,
  connectMcp,
  type McpClient,
  type McpEndpoint,
  type McpFetch,
} from "./mcpClient.ts";
import { reasonOf, REQUEST_TIMEOUT } from "./mcpReason.ts";
import type { McpAnswer, McpToolListing } from "./mcpWire.ts";

export interface McpConnectionDeps extends Pick<Clock, "setTimer"> {
  /** Instead of the platform's own. */
  readonly fetch?: McpFetch;
  /** Called when a server's tools are known, or others than before. */
  readonly onListed?: () => void;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn">;
}

export type McpState =
  | { readonly status: "connecting" }
  | { readonly status: "ready"; readonly tools: readonly McpToolListing[] }
  | { readonly status: "away"; readonly reason: string };

/** How often the tools are listed anew, which also shows whether the server is there. */
const REFRESH_MS = 60_000;
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
/** A server may say any number of times that its tools have changed. */
const CHANGE_MS = 500;
/** So often a lost connection is opened again at once, until one has stood for a while. */
const MAX_QUICK_RETRIES = 3;

/** A lasting connection to one MCP server: opened at once, and again whenever it is lost. */
export class McpConnection {
  readonly #name: string;
  readonly #endpoint: McpEndpoint;
  /** A server may repeat what it is sent. */
  readonly #secrets: readonly string[];
  readonly #deps: McpConnectionDeps;
  #state: McpState = { status: "connecting" };
  #client: McpClient | undefined;
  #working: Promise<void>;
  #cancelTimer = () => {};
  #failures = 0;
  #quickRetries = 0;
  #isChanged = false;
  #closed = false;
  readonly #closing = new AbortController();
  readonly #settled = Promise.withResolvers<void>();

  /** `name` is for the operator, in logs and health; `secrets` stand in the endpoint's headers. */
  constructor(
    name: string,
    endpoint: McpEndpoint,
    deps: McpConnectionDeps,
    secrets: readonly string[] = [],
  ) {
    this.#name = name;
    this.#endpoint = endpoint;
    this.#secrets = secrets;
    this.#deps = deps;
    this.#working = this.#refresh();
  }

  get state(): McpState {
    return this.#state;
  }

  /** Settles when it is known for the first time whether the server is there. */
  get tried(): Promise<void> {
    return this.#settled.promise;
  }

  /** Throws a `ToolError` where there is no answer. */
  async call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    { meta, ...limits }: {
      readonly meta?: Readonly<Record<string, unknown>> | undefined;
      readonly signal: AbortSignal;
      readonly timeoutMs: Milliseconds;
    },
  ): Promise<McpAnswer> {
    // Of a session that the server has forgotten nothing has been carried out: it may be asked again.
    for (let isAgain = false;; isAgain = true) {
      const client = this.#client;
      if (client === undefined) throw this.#unreachable(undefined, false);
      try {
        const answer = await client.callTool({ name, args, meta }, limits);
        return { ...answer, text: withoutValues(answer.text, this.#secrets) };
      } catch (error) {
        if (limits.signal.aborted) throw error;
        const code = codeOf(error);
        if (code === 404 && !isAgain) {
          await this.#lost(client, "it has forgotten the session");
          continue;
        }
        throw this.#faultOf(error, client);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
    this.#closing.abort();
    await this.#working;
    this.#deps.incidents.resolve("mcp_server_away", this.#name);
  }

  #faultOf(error: unknown, client: McpClient): ToolError {
    const code = codeOf(error);
    // JSON-RPC errors are negative: the server is there, and says no.
    if (code === REQUEST_TIMEOUT) {
      return new ToolError("timeout", "The tool took too long and was stopped.", {
        cause: error,
        isFault: true,
        mayHaveRun: true,
      });
    }
    if (code !== undefined && code < 0 && code !== CONNECTION_CLOSED) {
      const text = error instanceof Error ? error.message : "";
      const reason = withoutValues(text, this.#secrets).slice(0, MAX_ERROR_CHARS);
      return new ToolError("mcp_error", `The service refused: ${reason}`, { cause: error });
    }
    void this.#lost(client, reasonOf(error));
    return this.#unreachable(error, true);
  }

  #lost(client: McpClient, reason: string): Promise<void> {
    if (this.#client !== client || this.#closed) return this.#working;
    this.#client = undefined;
    void client.close();
    this.#away(reason);
    if (this.#quickRetries >= MAX_QUICK_RETRIES) {
      this.#retryLater();
      return Promise.resolve();
    }
    this.#quickRetries++;
    this.#cancelTimer();
    return this.#working = this.#working.then(() => this.#refresh());
  }

  /** Connects if need be, and lists the tools. Never rejects. */
  async #refresh(): Promise<void> {
    if (this.#closed) return;
    this.#cancelTimer();
    const hasStood = this.#client !== undefined && !this.#isChanged;
    this.#isChanged = false;
    try {
      this.#client ??= await connectMcp(this.#endpoint, {
        onToolsChanged: () => this.#changed(),
        onClosed: () => {
          if (this.#client !== undefined) void this.#lost(this.#client, "it closed the connection");
        },
      }, this.#fetch);
      if (this.#closed) {
        await this.#client.close();
        this.#client = undefined;
        return;
      }
      const client = this.#client;
      const tools = this.#unchanged(await client.listTools());
      if (this.#state.status !== "ready" || this.#state.tools !== tools) {
        await prepareSchemas(tools.map(({ inputSchema }) => inputSchema));
        // It was lost meanwhile, and is opened again.
        if (this.#client !== client) return;
      }
      if (this.#state.status !== "ready") {
        this.#deps.log.info("MCP server connected", { server: this.#name, tools: tools.length });
        this.#deps.incidents.resolve("mcp_server_away", this.#name);
      }
      if (hasStood) this.#failures = this.#quickRetries = 0;
      const isNew = this.#state.status !== "ready" || this.#state.tools !== tools;
      this.#state = { status: "ready", tools };
      if (isNew) this.#deps.onListed?.();
      this.#schedule(this.#isChanged ? CHANGE_MS : REFRESH_MS);
    } catch (error) {
      if (this.#closed) return;
      const client = this.#client;
      this.#client = undefined;
      void client?.close();
      this.#away(reasonOf(error));
      this.#retryLater();
    } finally {
      this.#settled.resolve();
    }
  }

  #unreachable(error: unknown, mayHaveRun: boolean): ToolError {
    const known = this.#state.status === "away" ? this.#state.reason : "it is not connected yet";
    // One that answered with a code was reached.
    const of = codeOf(error) === undefined ? unreachableReason : reasonOf;
    const reason = error === undefined ? known : of(error);
    return new ToolError("unreachable", "The service cannot be reached.", {
      cause: new Unreachable(new URL(this.#endpoint.url), reason, error),
      isFault: true,
      mayHaveRun,
    });
  }

  /** The list that is known already, where it is the same: what was made of it stays in use. */
  #unchanged(tools: readonly McpToolListing[]): readonly McpToolListing[] {
    const known = this.#state.status === "ready" ? this.#state.tools : undefined;
    return JSON.stringify(known) === JSON.stringify(tools) && known !== undefined ? known : tools;
  }

  #changed(): void {
    // Of a connection that is gone it is no reason to come back early.
    if (this.#isChanged || this.#closed || this.#client === undefined) return;
    this.#isChanged = true;
    this.#schedule(CHANGE_MS);
  }

  #retryLater(): void {
    this.#schedule(Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures++));
  }

  /** What is under way when all is closed is not waited for. */
  #fetch: McpFetch = (url, init = {}) => {
    const { signal } = this.#closing;
    const signals = init.signal == null ? [signal] : [signal, init.signal];
    return (this.#deps.fetch ?? fetch)(url, { ...init, signal: AbortSignal.any(signals) });
  };

  #again(): void {
    if (!this.#closed) this.#working = this.#working.then(() => this.#refresh());
  }

  #schedule(delayMs: Milliseconds): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.setTimer(() => this.#again(), delayMs);
  }

  #away(reason: string): void {
    const isNew = this.#state.status !== "away" || this.#state.reason !== reason;
    this.#state = { status: "away", reason };
    if (!isNew) return;
    this.#deps.log.warn("MCP server away", { server: this.#name, reason });
    this.#deps.incidents.report({
      code: "mcp_server_away",
      subject: this.#name,
      message: `The MCP server ${this.#name} is away: ${reason}. Its tools are left out meanwhile.`,
      expiresAfterMs: Infinity,
    });
  }
}

const MAX_ERROR_CHARS = 500;
const CONNECTION_CLOSED = -32_000;
