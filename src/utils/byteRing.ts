/** Bytes that are appended at the end and dropped at either end, in memory that is used again, and fits. */
export class ByteRing {
  readonly #leastCapacity: number;
  #memory: Uint8Array;
  #first = 0;
  #length = 0;

  /** `leastCapacity`: the bytes that there is always room for; more than none. */
  constructor(leastCapacity: number) {
    this.#leastCapacity = leastCapacity;
    this.#memory = new Uint8Array(leastCapacity);
  }

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#memory.length) this.#resize(Math.max(needed, this.#memory.length * 2));
    const capacity = this.#memory.length;
    const end = this.#first + this.#length;
    const at = end < capacity ? end : end - capacity;
    const room = capacity - at;
    if (bytes.length <= room) this.#memory.set(bytes, at);
    else {
      this.#memory.set(bytes.subarray(0, room), at);
      this.#memory.set(bytes.subarray(room), 0);
    }
    this.#length += bytes.length;
  }

  /** Drops as many bytes from the front; there are that many. */
  dropFirst(count: number): void {
    this.#length -= count;
    const first = this.#first + count;
    this.#first = first < this.#memory.length ? first : first - this.#memory.length;
    const capacity = this.#memory.length;
    if (capacity > this.#leastCapacity && this.#length < capacity / SHARE_IN_USE) {
      this.#resize(Math.max(this.#leastCapacity, this.#length * 2));
    }
  }

  /** Drops as many bytes from the end; there are that many. */
  dropLast(count: number): void {
    this.#length -= count;
  }

  /** A copy of the bytes from an offset on; there are that many. */
  copy(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const capacity = this.#memory.length;
    const start = (this.#first + offset) % capacity;
    const whole = Math.min(length, capacity - start);
    bytes.set(this.#memory.subarray(start, start + whole));
    bytes.set(this.#memory.subarray(0, length - whole), whole);
    return bytes;
  }

  #resize(capacity: number): void {
    const memory = new Uint8Array(capacity);
    memory.set(this.copy(0, this.#length));
    this.#memory = memory;
    this.#first = 0;
  }
}

/** With less of its memory in use, a ring takes less. */
const SHARE_IN_USE = 8;
