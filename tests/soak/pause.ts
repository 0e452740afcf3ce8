/** Resolves after so many real milliseconds; a soak's faults come at random times, a test's never do. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
