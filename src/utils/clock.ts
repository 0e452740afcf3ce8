/** Runs `wake` once after a delay of any length; gives the means to call it off. */
export function setTimer(wake: () => void, delayMs: number): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number) => {
    timer = leftMs > LONGEST_DELAY_MS
      ? setTimeout(() => wait(leftMs - LONGEST_DELAY_MS), LONGEST_DELAY_MS)
      : setTimeout(wake, leftMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

/** `setTimeout` takes a longer one for one millisecond. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;
