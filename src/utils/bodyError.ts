/** The statuses that an unreadable body is answered with. */
export type BodyErrorStatus = 400 | 408 | 413 | 415;

/** Tells that a request's body cannot be taken, as the client is to hear it. */
export class BodyError extends Error {
  override readonly name = "BodyError";

  constructor(
    readonly status: BodyErrorStatus,
    /** For programs, in snake case. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
