/**
 * Runs steps that mostly wait, all at once; the test around them watches over leaks. Each step has
 * a server of its own, so that they cannot disturb each other.
 */
export async function concurrently(
  test: Deno.TestContext,
  steps: Readonly<Record<string, () => Promise<void>>>,
): Promise<void> {
  const unwatched = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
  const passed = await Promise.all(
    Object.entries(steps).map(([name, fn]) => test.step({ name, fn, ...unwatched })),
  );
  if (passed.includes(false)) throw new Error("Cannot pass: a step failed");
}
