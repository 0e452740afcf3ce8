import { present } from "../present.ts";
import { fillSentence, type SentenceValues } from "../sentence.ts";

/** The HTTP statuses for an unreadable body. */
type BodyErrorStatus = 400 | 408 | 413 | 415;

/** A request's body cannot be used; status, code and message go to the client. */
export class BodyError extends Error {
  override readonly name = "BodyError";

  constructor(
    readonly status: BodyErrorStatus,
    /** For programs, in snake case. */
    readonly code: string,
    /** `{name}` stands for one of the values. */
    readonly text: string,
    readonly values?: SentenceValues,
  ) {
    super(fillSentence({ text, ...present({ values }) }));
  }
}
