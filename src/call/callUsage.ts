import type { TokenUsage } from "./realtimeClient.ts";

/** Everything that one call has used. */
export interface CallUsage extends TokenUsage {
  readonly responses: number;
  readonly transcriptionInput: number;
  readonly transcriptionOutput: number;
  readonly transcriptionSeconds: number;
}
