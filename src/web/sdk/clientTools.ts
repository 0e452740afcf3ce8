/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../../protocol/web.ts";
import type { ClientTool } from "./sdk.d.ts";

/** Far more calls than are answered within the time that a broken connection has. */
const MAX_KEPT = 50;

/**
 * Runs the tools of a page. A call that comes again, since the connection broke before its answer, is
 * answered with what the first one came to: nothing is done twice.
 */
export class ClientTools {
  readonly #tools: ReadonlyMap<string, ClientTool>;
  readonly #answers = new Map<string, Promise<ClientMessage>>();

  constructor(tools: Readonly<Record<string, ClientTool>>) {
    this.#tools = new Map(Object.entries(tools));
  }

  get names(): readonly string[] {
    return [...this.#tools.keys()];
  }

  answer(
    { id, name, arguments: input }: Extract<ServerMessage, { type: "tool_call" }>,
  ): Promise<ClientMessage> {
    const answer = this.#answers.get(id) ?? this.#run(id, name, input);
    this.#answers.set(id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAX_KEPT && oldest !== undefined) this.#answers.delete(oldest);
    return answer;
  }

  async #run(
    id: string,
    name: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<ClientMessage> {
    try {
      const tool = this.#tools.get(name);
      if (tool === undefined) throw new Error("This page has no such tool.");
      // What JSON cannot say is found here, and not when it is sent.
      const output: unknown = JSON.parse(JSON.stringify(await tool(input) ?? null));
      return { type: "tool_result", id, output };
    } catch (error) {
      const sentence = error instanceof Error && error.message !== ""
        ? error.message
        : "The page could not do this.";
      return { type: "tool_result", id, error: sentence };
    }
  }
}
