import type { CallCommand } from "./callCommand.ts";
import type { CallEvent, NoticeCode } from "./callEvent.ts";

/** Where the parts of a call put what is to be done, in order. */
export class CommandBuffer {
  #commands: CallCommand[] = [];

  push(command: CallCommand): void {
    this.#commands.push(command);
  }

  pushAll(commands: readonly CallCommand[]): void {
    for (const command of commands) this.#commands.push(command);
  }

  publish(event: CallEvent | undefined): void {
    if (event !== undefined) this.#commands.push({ type: "publish", event });
  }

  notice(code: NoticeCode): void {
    this.#commands.push({ type: "publish", event: { type: "notice", code } });
  }

  take(): readonly CallCommand[] {
    if (this.#commands.length === 0) return NONE;
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }
}

const NONE: readonly CallCommand[] = [];
