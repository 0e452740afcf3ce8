/**
 * Finds a busy tone of the telephone network by its cadence alone: bursts and pauses of 0.2 to 0.8 s that
 * have the same lengths and the same level all the time, whatever their frequencies. Neither speech nor music
 * has that for as long.
 *
 * The clock is the audio itself: the level of frames of 40 ms at most, in order.
 */
export class BusyToneDetector {
  #isOn = false;
  #runMs = 0;
  /** The lengths of the first burst and the first pause, once known. */
  #onMs: number | undefined;
  #offMs: number | undefined;
  #bursts = 0;
  #trainMs = 0;
  #lowestDb = Infinity;
  #highestDb = -Infinity;
  /** The level of the frame before, which is none of the inner ones until another follows. */
  #latestDb: number | undefined;
  #isFound = false;

  /** Takes the level of the next frame; true once, when it is a busy tone for sure. */
  hear(levelDb: number, frameMs: number): boolean {
    if (this.#isFound) return false;
    if (frameMs > MAX_FRAME_MS) {
      this.#begin(false);
      return false;
    }
    const isOn = levelDb > Math.max(LEAST_DB, this.#highestDb - PAUSE_BELOW_DB);
    if (isOn !== this.#isOn) this.#turn(isOn, frameMs);
    this.#runMs += frameMs;
    this.#trainMs += frameMs;
    if (this.#runMs > LONGEST_RUN_MS) this.#begin(isOn);
    if (isOn) this.#compare(levelDb);
    this.#isFound = this.#bursts >= MIN_BURSTS && this.#trainMs >= MIN_MS;
    return this.#isFound;
  }

  #turn(isOn: boolean, frameMs: number): void {
    const known = this.#isOn ? this.#onMs : this.#offMs;
    const isEven = this.#highestDb - this.#lowestDb <= MAX_CHANGE_DB;
    const isSame = known === undefined || Math.abs(known - this.#runMs) <= frameMs * 2;
    if (this.#runMs < SHORTEST_RUN_MS || !isSame || !isEven) return this.#begin(isOn);
    if (this.#isOn) {
      this.#onMs ??= this.#runMs;
      this.#bursts++;
    } else if (this.#bursts > 0) this.#offMs ??= this.#runMs;
    this.#isOn = isOn;
    this.#runMs = 0;
    this.#latestDb = undefined;
  }

  /** A train of bursts may begin here. */
  #begin(isOn: boolean): void {
    this.#isOn = isOn;
    this.#runMs = this.#trainMs = this.#bursts = 0;
    this.#onMs = this.#offMs = this.#latestDb = undefined;
    this.#lowestDb = Infinity;
    this.#highestDb = -Infinity;
  }

  /** The first and the last frame of a burst may hold a part of it only. */
  #compare(levelDb: number): void {
    const before = this.#latestDb;
    this.#latestDb = this.#runMs > FIRST_FRAME_MS ? levelDb : undefined;
    if (before === undefined) return;
    this.#lowestDb = Math.min(this.#lowestDb, before);
    this.#highestDb = Math.max(this.#highestDb, before);
  }
}

const MAX_FRAME_MS = 40;
/** Two frames at most. */
const FIRST_FRAME_MS = 40;
const SHORTEST_RUN_MS = 180;
const LONGEST_RUN_MS = 840;
const MIN_BURSTS = 8;
const MIN_MS = 8000;
/** Fainter than any tone of a network. */
const LEAST_DB = -42;
const PAUSE_BELOW_DB = 10;
const MAX_CHANGE_DB = 3;
