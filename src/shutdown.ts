import type { App } from "./app.ts";
import { sleep } from "./utils/sleep.ts";

/** Some hosts kill a process five seconds after its signal: all that follows fits into them. */
const QUIET_MS = 1500;
const HANDOVER_MS = 3500;
const CLOSE_MS = 1000;
/** Twilio reports the ends of the streams. */
const CALLBACKS_MS = 200;
/** Twilio has yet to request TwiML for calls that just ended: the fallback message, or a transfer. */
const FINAL_TWIML_MS = 3000;

export interface Shutdown {
  /** Settles when nothing is left to do but to exit. */
  readonly done: Promise<void>;
  /** Waits no longer for calls to end, nor for a quiet moment; false where there is nothing to hurry. */
  hurry(): boolean;
}

/**
 * Stops readiness, then calls, then sockets. Live calls stay for as long as the settings say; then they
 * are handed over to another process on the same database, or ended where it is in memory. `stopListening`
 * frees the port.
 */
export function beginShutdown(app: App, stopListening: () => Promise<void>): Shutdown {
  const { registry, settings: { server: { drainMs } }, log } = app;
  const hurried = Promise.withResolvers<void>();
  const waiting = new AbortController();
  let isHandingOver = false;
  log.info("Stopping", { liveCalls: registry.size, handsOver: app.handsOver });

  return {
    done: app.handsOver ? handOver() : endCalls(),
    hurry() {
      hurried.resolve();
      if (isHandingOver) app.handOver(0);
      return app.handsOver;
    },
  };

  async function handOver(): Promise<void> {
    app.leave();
    const patience = sleep(drainMs, { signal: waiting.signal });
    if (drainMs > 0) await Promise.race([registry.emptied(), patience, hurried.promise]);
    waiting.abort();
    isHandingOver = true;
    const liveCalls = registry.size;
    await Promise.race([app.handOver(QUIET_MS), sleep(HANDOVER_MS)]);
    if (liveCalls > 0) await sleep(CALLBACKS_MS);
    // A successor may be waiting for the port. Sockets that stay open do not keep the process.
    const stopped = stopListening();
    await Promise.race([app.close().then(() => stopped), sleep(CLOSE_MS)]);
  }

  async function endCalls(): Promise<void> {
    const liveCalls = registry.size;
    await app.drain();
    if (liveCalls > 0) await sleep(FINAL_TWIML_MS);
    await app.close();
    await Promise.race([stopListening(), sleep(FINAL_TWIML_MS)]);
  }
}
