export {
  type FinishedRecording,
  openRecordings,
  type Recordings,
} from "./recording/openRecordings.ts";
export { RecordingFault } from "./recording/recordingFault.ts";
export type { Side } from "./recording/sampleFile.ts";
