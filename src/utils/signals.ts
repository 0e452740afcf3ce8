/** `deno task` passes a signal on that the process gets from the terminal or the service manager as well. */
const COPY_MS = 500;

/** The real time, also where another `performance.now` stands in for it later. */
const realNow = performance.now.bind(performance);

/** Calls back for each signal; for one that comes twice within half a second, once. */
export function onSignals<Name extends Deno.Signal>(
  names: readonly Name[],
  act: (name: Name) => void,
): void {
  for (const name of names) {
    let countedMs = -Infinity;
    Deno.addSignalListener(name, () => {
      const nowMs = realNow();
      if (nowMs - countedMs < COPY_MS) return;
      countedMs = nowMs;
      act(name);
    });
  }
}
