/**
 * How long a test waits for an event that must come. Only a test that is broken ever waits so long, so
 * it is far beyond what a busy machine needs.
 */
export const PATIENCE_MS = 60_000;

/** Polls what sends no event until the answer fits; rejects after `PATIENCE_MS` with the last answer. */
export async function until<T>(ask: () => T | Promise<T>, fits: (value: T) => boolean): Promise<T> {
  const overdueAt = performance.now() + PATIENCE_MS;
  let value = await ask();
  while (!fits(value)) {
    if (performance.now() > overdueAt) {
      throw new Error(`Cannot wait longer; at last: ${Deno.inspect(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
    value = await ask();
  }
  return value;
}

/**
 * Resolves once all that waits for promises alone has run; work that waits for IO or time has not. Right
 * where nothing may happen, and after events whose delivery takes an unspecified number of microtasks.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Waits of tests that are looked at whenever something has come in. */
export class Waits {
  readonly #checks = new Set<() => void>();

  check(): void {
    for (const check of [...this.#checks]) check();
  }

  /** The first result that is not undefined; rejects after `PATIENCE_MS` with `describe()`. */
  for<T>(attempt: () => T | undefined, describe: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const overdue = setTimeout(() => {
        this.#checks.delete(check);
        reject(new Error(`Cannot wait longer; came: ${describe()}`));
      }, PATIENCE_MS);
      const check = () => {
        const result = attempt();
        if (result === undefined) return;
        clearTimeout(overdue);
        this.#checks.delete(check);
        resolve(result);
      };
      this.#checks.add(check);
      check();
    });
  }
}
