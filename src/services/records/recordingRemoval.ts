import { z } from "zod";
import type { InstanceBus } from "../cluster.ts";
import type { Recordings } from "../recording.ts";
import type { Log } from "../../utils/logger.ts";
import type { Recorder } from "./recorder.ts";

/** `now` is in milliseconds since 1970. */
export interface RecordingRemovalDeps {
  readonly recordings: Pick<Recordings, "remove">;
  readonly recorder: Pick<Recorder, "recordFile" | "flush">;
  readonly bus: Pick<InstanceBus, "publish" | "subscribe">;
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

const TOPIC = "recording_removed";
const message = z.object({ callId: z.string() });

/** Removes the recording of a call, and nothing else of it, from the disks of all processes. */
export function createRecordingRemoval(
  { recordings, recorder, bus, now, log }: RecordingRemovalDeps,
) {
  const close = bus.subscribe(TOPIC, (body) => {
    const { data } = message.safeParse(body);
    if (data === undefined) return;
    recordings.remove([data.callId])
      .catch((error) => log.warn("Recordings not removed", { error }));
  });
  return {
    /** Rejects where it cannot be removed here, or its record not be changed. */
    async remove(callId: string): Promise<void> {
      await recordings.remove([callId]);
      recorder.recordFile(callId, { type: "recordingRemoved", at: now() });
      await bus.publish(TOPIC, { callId })
        .catch((error) => log.warn("Removal not published", { error }));
      await recorder.flush();
    },
    close,
  };
}
