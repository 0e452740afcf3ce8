import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import type { ToolCall } from "../realtimeClient.ts";

/** What the model is given for its calls of tools, over the connection that it called them on or a later one. */
export class ToolOutputs {
  readonly #commands: MachineParts["commands"];
  /** Outputs that the model has not confirmed; a reply begun before that may not know them. */
  readonly #unconfirmed = new Set<string>();
  /** Running tools that were called over a connection that is gone. */
  readonly #orphans = new Set<string>();
  #reachable = true;

  constructor({ commands }: Pick<MachineParts, "commands">) {
    this.#commands = commands;
  }

  /** Whether a reply that begins now knows all of them. */
  get areConfirmed(): boolean {
    return this.#unconfirmed.size === 0;
  }

  confirmed(callId: string): void {
    this.#unconfirmed.delete(callId);
  }

  /** `hasRun`: whether it ran, or was at least let run. */
  deliver(call: ToolCall, output: string, { hasRun }: { readonly hasRun: boolean }): void {
    const { callId, name } = call;
    const isOrphan = this.#orphans.delete(callId);
    if (call.by === "model") {
      // The output of what it has run by itself the model has, or finds in the next one's history.
      return isOrphan || hasRun ? undefined : this.refuse(call, output);
    }
    if (isOrphan) {
      if (!this.#reachable) return;
      const text = prompts.toolNews(name, output);
      return this.#commands.request({ type: "message", role: "system", text });
    }
    this.#unconfirmed.add(callId);
    this.#commands.request({ type: "toolOutput", callId, output });
  }

  /** The tool does not run; the output says why. */
  refuse({ callId, by }: ToolCall, output: string): void {
    this.#commands.request({
      type: by === "model" ? "toolLeave" : "toolOutput",
      callId,
      output,
    });
  }

  /** The next connection knows nothing of the tools that are running now. */
  modelLost(runningIds: readonly string[]): void {
    this.#reachable = false;
    this.#unconfirmed.clear();
    for (const callId of runningIds) this.#orphans.add(callId);
  }

  /** A fresh connection, whose history holds all that has returned so far. */
  modelOpened(): void {
    this.#reachable = true;
  }
}
