/**
 * How long a test waits for an event that must come. Only a test that is broken ever waits so long, so
 * it is far beyond what a busy machine needs.
 */
export const PATIENCE_MS = 60_000;

/** Asks again and again until the answer fits; a test whose answer never does fails. */
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

/** Resolves once all that waits for promises alone has run; work that waits for IO or time has not. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
