import type { PlaybackReport } from "./playbackMessages.ts";
import type { Speaker } from "./speaker.ts";

/**
 * Creates a speaker without sound, for browsers that give the page none: the user reads the agent.
 *
 * Speech counts as heard as soon as it arrives.
 */
export function createSilentSpeaker(onReport: (report: PlaybackReport) => void): Speaker {
  let item = { itemId: "", ms: 0 };
  return {
    play(itemId, pcm) {
      const before = item.itemId === itemId ? item.ms : 0;
      item = { itemId, ms: before + pcm.byteLength / BYTES_PER_MS };
      report(false);
    },
    clear: () => report(true),
    level: () => 0,
    resume() {},
    close() {},
  };

  function report(cleared: boolean): void {
    if (item.itemId !== "") onReport({ itemId: item.itemId, ms: Math.ceil(item.ms), cleared });
  }
}

const BYTES_PER_MS = 48;
