/** How it stands with the recording of a call; times count from its beginning. */
export interface Recording extends RecordingCourse {
  readonly durationMs: number | null;
  readonly bytes: number | null;
  readonly removedAt: string | null;
  readonly redactedSpans: readonly {
    readonly side: "caller" | "agent";
    readonly fromMs: number;
    readonly toMs: number;
  }[];
}

/** What has become of it so far: events leave out what records have as null. */
export interface RecordingCourse {
  readonly state: "on" | "paused" | "stopped" | "refused" | "failed";
  /** Who has asked for the state. */
  readonly by?: "agent" | "operator" | "caller" | null;
  readonly reason?: string | null;
  readonly spans: readonly {
    readonly kind: "recorded" | "paused";
    readonly fromMs: number;
    readonly toMs?: number | null;
  }[];
  readonly consent?: {
    readonly kind: "announced" | "agreed" | "refused" | "unclear";
    readonly atMs: number;
    readonly words?: string | null;
    readonly key?: string | null;
  } | null;
}

/** Whether there is something to be heard. */
export function isAudible(recording: Recording | null): recording is Recording {
  return recording !== null && recording.removedAt === null &&
    recording.spans.some(({ kind }) => kind === "recorded");
}
