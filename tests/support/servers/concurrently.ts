/**
 * Runs steps that mostly wait, all at once or so many at a time; the test around them watches over
 * leaks. Each step has a server of its own, so that they cannot disturb each other.
 */
export async function concurrently(
  test: Deno.TestContext,
  steps: Readonly<Record<string, () => Promise<void>>>,
  atOnce = Infinity,
): Promise<void> {
  const unwatched = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
  const left = Object.entries(steps).values();
  let failed = 0;
  const runLeft = async () => {
    for (const [name, fn] of left) {
      if (!await test.step({ name, fn, ...unwatched })) failed++;
    }
  };
  const lanes = Math.min(atOnce, Object.keys(steps).length);
  await Promise.all(Array.from({ length: lanes }, runLeft));
  if (failed > 0) throw new Error("Cannot pass: a step failed");
}

/**
 * Creates the function that declares tests which mostly wait and each have a server of their own: they
 * run as the steps of one test with this name, all at once or so many at a time.
 */
export function concurrentTests(
  name: string,
  atOnce?: number,
): (step: string, fn: () => Promise<void>) => void {
  const steps: Record<string, () => Promise<void>> = {};
  Deno.test(name, (test) => concurrently(test, steps, atOnce));
  return (step, fn) => {
    steps[step] = fn;
  };
}
