/** Runs a piece of work for a key unless another one runs for it. */
export type OneAtATime = <Result>(
  key: string,
  work: () => Promise<Result>,
) => Promise<Result | undefined>;

/** Of all work for a key, one runs at a time: what comes while it runs is left undone, and is undefined. */
export function createOneAtATime(): OneAtATime {
  const running = new Set<string>();
  return async (key, work) => {
    if (running.has(key)) return undefined;
    running.add(key);
    try {
      return await work();
    } finally {
      running.delete(key);
    }
  };
}
