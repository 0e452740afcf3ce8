import type { ListeningInput } from "../callEar.ts";
import type { CommandBuffer } from "./commandBuffer.ts";
import { present } from "../../utils/present.ts";

/** Who listens to a call: observers are told, and the record has it; the caller and the agent are not. */
export class Listeners {
  readonly #commands: Pick<CommandBuffer, "publish">;
  readonly #open = new Map<string, ListeningInput>();

  constructor(commands: Pick<CommandBuffer, "publish">) {
    this.#commands = commands;
  }

  handle(input: ListeningInput): void {
    if (input.on === this.#open.has(input.id)) return;
    if (input.on) this.#open.set(input.id, input);
    else this.#open.delete(input.id);
    this.#publish(input);
  }

  /** The session is over: all listeners have left. */
  close(): void {
    for (const input of this.#open.values()) this.#publish({ ...input, on: false });
    this.#open.clear();
  }

  #publish({ id, by, on }: ListeningInput): void {
    const type = on ? "listeningStarted" : "listeningEnded";
    this.#commands.publish({ type, id, ...present({ by }) });
  }
}
