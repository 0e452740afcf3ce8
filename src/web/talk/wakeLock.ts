/// <reference lib="dom" />

/**
 * Keeps the screen on, since on phones a dimmed screen interrupts sound and microphone. Returns the
 * function that releases it. Does nothing where the browser refuses.
 */
export function keepAwake(): () => void {
  const closing = new AbortController();
  const { signal } = closing;
  let lock: WakeLockSentinel | undefined;
  document.addEventListener("visibilitychange", request, { signal });
  request();

  return () => {
    closing.abort();
    release();
  };

  /** Also after the page was hidden, which ends a lock. */
  async function request(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    try {
      const granted = await navigator.wakeLock?.request("screen");
      release();
      lock = granted;
      if (signal.aborted) release();
    } catch {
      // Refused, as with a low battery.
    }
  }

  function release(): void {
    lock?.release().catch(() => {});
    lock = undefined;
  }
}
