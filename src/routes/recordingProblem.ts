import { RecordingFault } from "../services/recording.ts";
import type { RecordingRecord } from "../services/store.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";

/** The answer for a recording that cannot be read here; other errors are returned as they are. */
export function recordingProblem(
  error: unknown,
  recording: RecordingRecord | undefined,
  instanceId: string,
): unknown {
  if (!(error instanceof RecordingFault)) return error;
  switch (error.code) {
    case "not_found":
      if (recording === undefined || recording.instanceId === instanceId) return notRecorded();
      return new HttpProblem(
        409,
        "recording_elsewhere",
        "The recording is on the disk of another instance: give all of them one folder as RECORDINGS_DIR.",
      );
    case "unknown_key":
      return new HttpProblem(
        409,
        "recording_key_unknown",
        "The recording is encrypted by a key that RECORDING_KEY does not have: put that key behind the others, with a comma, and restart.",
      );
    default:
      return new HttpProblem(503, "recording_unreadable", "The recording cannot be read now.");
  }
}

export function notRecorded(): HttpProblem {
  return new HttpProblem(404, "not_recorded", "There is no recording of this call.");
}

export function recordingRemoved(): HttpProblem {
  return new HttpProblem(410, "recording_removed", "The recording of this call was removed.");
}
