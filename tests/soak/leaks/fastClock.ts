/** Loaded before the server: from SIGUSR1 on its time runs so many times faster than it does outside. */
export const FASTER = 10;

const { setTimeout, setInterval } = globalThis;
const monotonic = performance.now.bind(performance);
const wallOffset = Date.now() - monotonic();
let speed = 1;
/** When the clock's speed changed, outside and here. */
let changedAt = 0;
let shownThen = 0;

performance.now = () => shownThen + (monotonic() - changedAt) * speed;
Date.now = () => Math.round(wallOffset + performance.now());
Object.assign(globalThis, {
  setTimeout: (run: () => void, delayMs = 0, ...args: []) =>
    setTimeout(run, delayMs / speed, ...args),
  setInterval: (run: () => void, delayMs = 0, ...args: []) =>
    setInterval(run, delayMs / speed, ...args),
});

if (Deno.mainModule.endsWith("/src/index.ts")) {
  Deno.addSignalListener("SIGUSR1", () => {
    const now = performance.now();
    changedAt = monotonic();
    shownThen = now;
    speed = FASTER;
  });
}
