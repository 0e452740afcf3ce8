/** Runs `wake` once after a delay; gives the means to call it off. */
export function setTimer(wake: () => void, delayMs: number): () => void {
  const timer = setTimeout(wake, delayMs);
  return () => clearTimeout(timer);
}
