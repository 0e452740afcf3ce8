import type { PlaybackReport } from "./playback.ts";
import type { Speaker } from "./speaker.ts";

/**
 * Stands in where the browser gives the page no sound: the agent is only read.
 *
 * What comes counts as heard at once, so that the conversation goes on at the reader's pace.
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
    revive() {},
    close() {},
  };

  function report(cleared: boolean): void {
    if (item.itemId !== "") onReport({ itemId: item.itemId, ms: Math.ceil(item.ms), cleared });
  }
}

const BYTES_PER_MS = 48;
