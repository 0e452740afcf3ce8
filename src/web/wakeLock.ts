/// <reference lib="dom" />

/**
 * Keeps the screen from dimming, which on phones interrupts sound and microphone; gives the means of
 * letting it. Where the browser refuses, the screen dims as ever.
 */
export function keepAwake(): () => void {
  const end = new AbortController();
  const { signal } = end;
  let lock: WakeLockSentinel | undefined;
  document.addEventListener("visibilitychange", ask, { signal });
  ask();

  return () => {
    end.abort();
    release();
  };

  /** A lock ends when the page goes out of sight. */
  async function ask(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    try {
      const given = await navigator.wakeLock?.request("screen");
      release();
      lock = given;
      if (signal.aborted) release();
    } catch {
      // Refused, as with an empty battery.
    }
  }

  function release(): void {
    lock?.release().catch(() => {});
    lock = undefined;
  }
}
