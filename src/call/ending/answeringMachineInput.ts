import type { CallEnd } from "../types.ts";

/** Who or what has answered a call that was placed. */
export type FarEnd = "person" | "machine" | "screener" | "fax";

/** What is found out, beside the conversation, about who took a call that was placed. */
export type AnsweringMachineInput =
  /**
   * Who answered, as far as is known; it may be found otherwise later. A person gets the agent's first words,
   * with anything else the agent keeps silent. `why` is one snake_case word.
   */
  | { readonly type: "farEndFound"; readonly who: FarEnd; readonly why: string }
  /**
   * A machine that records now: `message` is left on it, or it is hung up on. A person who speaks takes that
   * back; with `listens` only what is found out afterwards does. With `isGuess` it may be something that asks
   * who calls: the call stays for a moment when it has heard the message.
   */
  | {
    readonly type: "machineAnswered";
    readonly end: CallEnd;
    readonly message?: string;
    readonly listens?: true;
    readonly isGuess?: true;
  }
  /** Something sounds on the line while a message is left, which would not be alone on the tape. */
  | { readonly type: "messageDisturbed" }
  /**
   * Something that asks who is calling and why, for a person who may take the call then; `again` where an
   * earlier session has been told, and so answers as in any resumed call. It is answered with `say`, or in the
   * agent's own words. With `listens` the call waits until a person is found.
   */
  | {
    readonly type: "screened";
    readonly message?: string;
    readonly say?: string;
    readonly again?: true;
    readonly listens?: true;
  }
  /** A person, though a machine was found before. */
  | { readonly type: "personAnswered" }
  /** A machine was found where a conversation is under way. */
  | { readonly type: "verdictNotObeyed" };
