/** Sound of an item, and when it plays, in milliseconds of the clock. */
export interface QueuedSound {
  readonly itemId: string;
  /** Where in the item it begins. */
  readonly fromMs: number;
  readonly audio: Uint8Array;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** How far an item has been played. */
export interface Played {
  readonly itemId: string;
  readonly ms: number;
}

/** PCM16 at 24 kHz. */
const BYTES_PER_MS = 48;
const REPORT_MS = 100;
/** A browser begins a little late, so that the next frames come in time. */
const START_UP_MS = 40;

/**
 * What a page plays of an agent's speech: a queue that runs at real time. Times are passed in, and never go back.
 */
export class BrowserPlayout {
  /** All that was played or will be, unless it is cut. */
  readonly sounds: QueuedSound[] = [];
  /** The first of them whose end was not reported. */
  #open = 0;
  #reported: Played | undefined;

  /** Queues sound behind what is queued. */
  write(itemId: string, fromMs: number, audio: Uint8Array, now: number): void {
    if (audio.length === 0) return;
    const dryAt = this.sounds.at(-1)?.endsAt ?? -Infinity;
    const startsAt = dryAt >= now ? dryAt : now + START_UP_MS;
    const endsAt = startsAt + audio.length / BYTES_PER_MS;
    this.sounds.push({ itemId, fromMs, audio, startsAt, endsAt });
  }

  /** When all that is queued will have been played; undefined where nothing is. */
  dryAt(now: number): number | undefined {
    const end = this.sounds.at(-1)?.endsAt;
    return end !== undefined && end > now ? end : undefined;
  }

  /** What is to be reported now: ends of what was played, and how far the present sound is. */
  reports(now: number): readonly Played[] {
    const due: Played[] = [];
    for (
      let sound = this.sounds[this.#open];
      sound !== undefined;
      sound = this.sounds[this.#open]
    ) {
      if (sound.startsAt > now) break;
      const { itemId, fromMs, startsAt, endsAt } = sound;
      const ms = fromMs + Math.min(now, endsAt) - startsAt;
      const next = this.sounds[this.#open + 1];
      const isEnd = endsAt <= now && next?.itemId !== itemId;
      const last = this.#reported?.itemId === itemId ? this.#reported.ms : undefined;
      if (isEnd && last !== ms || last === undefined || ms - last >= REPORT_MS) {
        this.#reported = { itemId, ms };
        due.push(this.#reported);
      }
      if (endsAt > now) break;
      this.#open++;
    }
    return due;
  }

  /** Drops what is not played; returns the exact place where the sound stopped, if one was being played. */
  clear(now: number): Played | undefined {
    const current = this.sounds.findLast(({ startsAt }) => startsAt <= now);
    const isPlaying = current !== undefined && current.endsAt > now;
    const cut = this.sounds.findIndex(({ startsAt }) => startsAt > now);
    const dropped = cut < 0 ? undefined : this.sounds[cut];
    if (cut >= 0) this.sounds.splice(cut);
    if (isPlaying) {
      const audio = current.audio.subarray(
        0,
        2 * Math.round((now - current.startsAt) * BYTES_PER_MS / 2),
      );
      this.sounds[this.sounds.length - 1] = { ...current, audio, endsAt: now };
    }
    this.#open = this.sounds.length;
    const place = current === undefined
      ? dropped && { itemId: dropped.itemId, ms: dropped.fromMs }
      : {
        itemId: current.itemId,
        ms: current.fromMs + Math.min(now, current.endsAt) - current.startsAt,
      };
    this.#reported = place;
    return place;
  }
}
