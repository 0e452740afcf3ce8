/** Watches how long the event loop is held: by a clock, and by what its thread computes meanwhile. */
export interface HoldWatch {
  /** The longest since the last call. */
  take(): Hold;
  stop(): void;
}

export interface Hold {
  /** Between two turns of a timer, in which the machine may have done other things. */
  readonly wallMs: number;
  /** Of the processor, between the same two turns: what the code itself has held. */
  readonly cpuMs: number;
}

export function watchHolds(): HoldWatch {
  const clock = openThreadClock();
  let longest: Hold = { wallMs: 0, cpuMs: 0 };
  let last = { at: performance.now(), cpu: clock.ms() };
  const timer = setInterval(() => {
    const next = { at: performance.now(), cpu: clock.ms() };
    longest = {
      wallMs: Math.max(longest.wallMs, next.at - last.at),
      cpuMs: Math.max(longest.cpuMs, next.cpu - last.cpu),
    };
    last = next;
  }, 1);
  return {
    take() {
      const taken = longest;
      longest = { wallMs: 0, cpuMs: 0 };
      return taken;
    },
    stop() {
      clearInterval(timer);
      clock.close();
    },
  };
}

/** What this thread has computed: Linux' own books are up to 4 ms late, and Deno's up to 10. */
function openThreadClock() {
  const libc = Deno.dlopen("libc.so.6", {
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  });
  const time = new BigInt64Array(2);
  const CLOCK_THREAD_CPUTIME_ID = 3;
  return {
    ms(): number {
      libc.symbols.clock_gettime(CLOCK_THREAD_CPUTIME_ID, time);
      const [seconds = 0n, nanoseconds = 0n] = time;
      return Number(seconds) * 1000 + Number(nanoseconds) / 1e6;
    },
    close: () => libc.close(),
  };
}
