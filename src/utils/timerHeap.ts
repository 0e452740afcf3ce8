/** A timer that waits in a heap. */
export interface QueuedTimer {
  /** Undefined once it has run or was cancelled. */
  wake: (() => void) | undefined;
  readonly dueAt: number;
  /** Breaks ties of `dueAt`: the lower one is first. */
  readonly order: number;
  /** Kept by the heap that the timer is in. */
  place: number;
}

/** A binary heap of timers, the first due on top; any of them is removed in logarithmic time. */
export class TimerHeap {
  readonly #timers: QueuedTimer[] = [];

  /** The first due, of equals the one with the lowest order; undefined where there is none. */
  get first(): QueuedTimer | undefined {
    return this.#timers[0];
  }

  add(timer: QueuedTimer): void {
    this.#put(timer, this.#timers.length);
    this.#rise(timer);
  }

  /** The timer must be in this heap. */
  remove(timer: QueuedTimer): void {
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    this.#put(last, timer.place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(timer: QueuedTimer): void {
    let { place } = timer;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#timers[above];
      if (parent === undefined || isBefore(parent, timer)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(timer, place);
  }

  #sink(timer: QueuedTimer): void {
    let { place } = timer;
    for (;;) {
      const child = this.#firstChild(place);
      if (child === undefined || isBefore(timer, child)) break;
      const below = child.place;
      this.#put(child, place);
      place = below;
    }
    this.#put(timer, place);
  }

  #firstChild(place: number): QueuedTimer | undefined {
    const left = 2 * place + 1;
    // Reading past the end of an array is slow.
    if (left >= this.#timers.length) return undefined;
    const first = this.#timers[left];
    const second = left + 1 < this.#timers.length ? this.#timers[left + 1] : undefined;
    return first !== undefined && second !== undefined && isBefore(second, first) ? second : first;
  }

  #put(timer: QueuedTimer, place: number): void {
    this.#timers[place] = timer;
    timer.place = place;
  }
}

function isBefore(one: QueuedTimer, other: QueuedTimer): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
}
