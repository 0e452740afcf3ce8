import type { Paint } from "./paint.ts";

/** Where lines go; on a terminal one more line stands below them and is written over. */
export interface Screen {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: () => number;
  readonly paint: Paint;
}

/** How far a rehearsal has come. */
export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly running: number;
  readonly failed: number;
  readonly skipped: number;
  readonly elapsedMs: number;
}

const CLEAR_LINE = "\r\x1b[2K";

/** Lines that stay, above one that tells how far it is: on a terminal alone. */
export class LiveStatus {
  readonly #screen: Screen;
  #shown = "";

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  print(line: string): void {
    const shown = this.#shown;
    this.clear();
    this.#screen.write(`${line}\n`);
    this.#show(shown);
  }

  show({ total, done, running, failed, skipped, elapsedMs }: Progress): void {
    const { columns, isTerminal, paint } = this.#screen;
    if (!isTerminal) return;
    const parts = [
      `${done} of ${total} done`,
      `${running} running`,
      `${done - failed - skipped} passed`,
      `${failed} failed`,
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      `${Math.floor(elapsedMs / 1000)} s`,
    ];
    const text = parts.join(", ").slice(0, Math.max(10, columns() - 1));
    this.clear();
    this.#show(paint(failed > 0 ? "bad" : "soft", text));
  }

  clear(): void {
    if (this.#shown === "") return;
    this.#shown = "";
    this.#screen.write(CLEAR_LINE);
  }

  #show(text: string): void {
    if (text === "") return;
    this.#shown = text;
    this.#screen.write(text);
  }
}
