import { createRandom, type Random } from "../../../src/sim/twilio/random.ts";

type Members = Readonly<Record<string, unknown>>;

/** Makes messages that no proper peer sends; the same seed makes the same. */
export class Junk {
  readonly random: Random;

  constructor(seed: number) {
    this.random = createRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A proper message with something wrong with it, or something quite different; at most about `max` characters. */
  text(message: Members, max = 60_000): string {
    const json = JSON.stringify(message);
    switch (this.below(12)) {
      case 0:
        return json.slice(0, this.below(json.length));
      case 1:
        return json.replace(this.pick([...json]), this.pick(CHARACTERS));
      case 2:
        return `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},${
          json.slice(1)
        }`;
      case 3:
        return this.pick(["[", '{"a":', '[{"b":['])
          .repeat(this.#size(max) / 8);
      case 4: {
        const deep = this.#size(max) >> 1;
        return `${"[".repeat(deep)}${"]".repeat(deep)}`;
      }
      case 5:
        return `{${Array.from({ length: this.#size(max) / 8 }, (_, n) => `"k${n}":1`).join(",")}}`;
      case 6:
        return this.pick(["", "null", "0", "-1e999", '"text"', "[]", "{}", "\0", "\ud800", "nul"]);
      case 7:
        return `${json}${json}`;
      default:
        return JSON.stringify(this.#spoil(message, max));
    }
  }

  bytes(max: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: this.below(max) }, () => this.below(256));
  }

  /** A value of an unexpected type. */
  value(max: number): unknown {
    return this.pick<() => unknown>([
      () => null,
      () => true,
      () => this.pick([0, -1, 1e308, 2 ** 53, 0.1, -0]),
      () => "",
      () => "x".repeat(this.#size(max)),
      () => this.pick(["AAA", "AA=A", "====", "A A=", "\u0000", "💥", "../../etc", "%s%n"]),
      () => Array(this.below(100)).fill({}),
      () => ({ length: 5, toString: "no", then: 1, toJSON: [] }),
      () => [[[[[[{}]]]]]],
    ])();
  }

  /** Another value, or none, in the place of one of a message's, at any depth. */
  #spoil(message: Members, max: number): Members {
    const name = this.pick(Object.keys(message));
    const old = message[name];
    if (typeof old === "object" && old !== null && !Array.isArray(old) && this.below(3) > 0) {
      return { ...message, [name]: this.#spoil({ ...old }, max) };
    }
    return { ...message, [name]: this.below(8) === 0 ? undefined : this.value(max) };
  }

  /** Mostly small, rarely as large as it may be. */
  #size(max: number): number {
    return Math.floor(max ** this.random());
  }
}

const CHARACTERS = ["\0", "}", "{", '"', "\\", "[", ",", ":", "1", "\u2028", "\ud800", "e"];
