import type { CallCommand } from "../callCommand.ts";
import type { CallEvent, NoticeCode } from "../callEvent.ts";
import type { ModelRequest } from "../realtimeClient.ts";

/** Where all parts of a call put what is to be done; it is carried out in this order. */
export class CommandBuffer {
  #commands: CallCommand[] = [];

  push(command: CallCommand): void {
    this.#commands.push(command);
  }

  request(request: ModelRequest): void {
    this.#commands.push({ type: "model", request });
  }

  publish(event: CallEvent): void {
    this.#commands.push({ type: "publish", event });
  }

  notice(code: NoticeCode): void {
    this.publish({ type: "notice", code });
  }

  /** Empties the buffer. */
  drain(): readonly CallCommand[] {
    if (this.#commands.length === 0) return NONE;
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }
}

const NONE: readonly CallCommand[] = [];
