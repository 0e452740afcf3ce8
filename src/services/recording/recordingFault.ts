export type FaultCode =
  /** There is no such file here. */
  | "not_found"
  | "disk_full"
  | "not_writable"
  /** Longer than the settings allow. */
  | "too_long"
  /** The file is no recording, or not one of this call's format. */
  | "damaged"
  /** None of the keys of the settings opens it. */
  | "unknown_key"
  /** It was removed while the call went on. */
  | "removed"
  /** The disk takes less than the calls bring. */
  | "too_slow"
  /** The thread that writes has ended. */
  | "stopped";

/** Why a recording cannot be written or read. */
export class RecordingFault extends Error {
  override readonly name = "RecordingFault";
  readonly code: FaultCode;

  constructor(code: FaultCode, options?: ErrorOptions) {
    super(`Cannot use the recording: ${code}`, options);
    this.code = code;
  }
}

/** What an error of the file system, or any other, means for a recording. */
export function faultCodeOf(error: unknown): FaultCode {
  if (error instanceof RecordingFault) return error.code;
  if (error instanceof Deno.errors.NotFound) return "not_found";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const isFull = code === "ENOSPC" || code === "EDQUOT" ||
    error instanceof Error && /os error (?:28|122)\b/.test(error.message);
  return isFull ? "disk_full" : "not_writable";
}
