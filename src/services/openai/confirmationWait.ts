/** Waits until a server has confirmed a set-up. Some never do: after a while, anything that they say counts as that. */
export class ConfirmationWait {
  readonly #options: ConfirmationWaitOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the server has sent anything. */
  #speaks = false;
  #isOverdue = false;

  constructor(options: ConfirmationWaitOptions) {
    this.#options = options;
  }

  /** Begins anew with each set-up that is sent. */
  start(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#overdue(), this.#options.timeoutMs);
  }

  /** A message of the server has been handled. */
  heard(): void {
    this.#speaks = true;
    if (this.#isOverdue) this.#options.onReady();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** A server that has said nothing at all may not be there. */
  #overdue(): void {
    if (this.#speaks) return this.#options.onReady();
    this.#isOverdue = true;
    this.#options.onSilence();
  }
}

interface ConfirmationWaitOptions {
  readonly timeoutMs: number;
  /** Is called again at every message after a silence. */
  readonly onReady: () => void;
  readonly onSilence: () => void;
}
