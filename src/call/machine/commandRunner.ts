import type { CallCommand } from "../callCommand.ts";

/** Carries out commands in order, also when carrying out one of them brings about the next ones. */
export class CommandRunner {
  readonly #run: (command: CallCommand) => void;
  #waiting: CallCommand[] = [];
  #running = false;

  constructor(run: (command: CallCommand) => void) {
    this.#run = run;
  }

  /** Where one of them throws, those behind it are dropped. */
  perform(commands: readonly CallCommand[]): void {
    if (this.#running) {
      for (const command of commands) this.#waiting.push(command);
      return;
    }
    this.#running = true;
    try {
      for (const command of commands) this.#run(command);
      for (let i = 0; i < this.#waiting.length; i++) this.#run(this.#waiting[i]!);
    } finally {
      if (this.#waiting.length > 0) this.#waiting = [];
      this.#running = false;
    }
  }
}
