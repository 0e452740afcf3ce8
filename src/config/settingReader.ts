import { isLoopback } from "../utils/http/loopback.ts";

/** Raw settings by name, as the environment has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads single settings and collects their problems, so that all are reported at once. */
export class SettingReader {
  /** Sentences that name the setting, what is wrong and the fix; never a secret's value. */
  readonly problems: string[] = [];
  /** Names of limits that are switched off. */
  readonly off: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  problem(sentence: string): void {
    this.problems.push(sentence);
  }

  /** The value without surrounding blanks; an empty one counts as not set. */
  text(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === "" ? undefined : value;
  }

  list(name: string): readonly string[] {
    return (this.text(name) ?? "").split(",").map((part) => part.trim()).filter((part) =>
      part !== ""
    );
  }

  matching(name: string, pattern: RegExp, sentence: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || pattern.test(value)) return value;
    this.problem(`${name} ${sentence}`);
    return undefined;
  }

  whole(name: string, fallback: number, { min, max }: { min: number; max: number }): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    this.problem(
      `${name} is "${
        shown(value)
      }": give a whole number from ${min} to ${max}, or leave it out for ${fallback}.`,
    );
    return fallback;
  }

  /** Whether a limit is switched off, by `off` or 0. */
  isOff(name: string): boolean {
    return /^(off|0+(\.0+)?)$/i.test(this.text(name) ?? "");
  }

  /** A limit with a default; undefined where it is switched off. */
  limit(name: string, fallback: number): number | undefined {
    if (!this.isOff(name)) {
      return this.amount(name, `for ${fallback}, or say off for no limit`) ?? fallback;
    }
    this.off.push(name);
    return undefined;
  }

  /** A limit in dollars. `isRehearsal`: no dollars are spent on a model, so it has no default. */
  usdLimit(name: string, fallback: number, isRehearsal: boolean): number | undefined {
    return isRehearsal && this.text(name) === undefined ? undefined : this.limit(name, fallback);
  }

  /** A limit that is a whole number. */
  wholeLimit(name: string, fallback: number): number | undefined {
    const limit = this.limit(name, fallback);
    if (limit === undefined || Number.isInteger(limit)) return limit;
    this.problem(`${name} is "${limit}": give a whole number, or say off for no limit.`);
    return fallback;
  }

  amount(name: string, otherwise = ""): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,9}(\.\d{1,6})?$/.test(value) ? Number(value) : NaN;
    if (number >= 0) return number;
    this.problem(
      `${name} is "${shown(value)}": give an amount such as 25 or 9.50, or leave it out${
        otherwise === "" ? "" : ` ${otherwise}`
      }.`,
    );
    return undefined;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return fallback;
    if (["true", "1", "yes", "on"].includes(value)) return true;
    if (["false", "0", "no", "off"].includes(value)) return false;
    this.problem(`${name} is "${shown(value)}": give true or false.`);
    return fallback;
  }

  choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return fallback;
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    this.problem(
      `${name} is "${shown(value)}": give one of ${
        choices.join(", ")
      }, or leave it out for ${fallback}.`,
    );
    return fallback;
  }

  /** A URL with the example's protocol, unencrypted only on this machine: `why` completes that problem. */
  url(name: string, example: string, why: string): URL | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const url = URL.parse(value);
    const { protocol } = new URL(example);
    if (url === null || ![protocol, protocol.replace("s:", ":")].includes(url.protocol)) {
      this.problem(`${name} is not a URL that can be used: give one such as ${example}.`);
      return undefined;
    }
    if (url.protocol !== protocol && !isLoopback(url.hostname)) {
      this.problem(`${name} must begin with ${protocol}//${why}`);
    }
    return url;
  }
}

function shown(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}...` : value;
}
