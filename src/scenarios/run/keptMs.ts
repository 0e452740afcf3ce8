/** Until a call that is hung up is over. */
const SPARE_MS = 60_000;

/** How much of the sound of a call is kept, which lasts so long at most: what is looked for in it is never gone. */
export function keptMs(maxMs: number): number {
  return maxMs + SPARE_MS;
}
