/** Who or what is at the far end of a placed call, as far as is known. */
export type FarEnd = "undecided" | "person" | "machine" | "screener" | "fax";

/**
 * Why: what was said, how long it lasted (`short_greeting`, `long_greeting`), that no beep followed it, a
 * beep, a fax tone, silence from the beginning, what the carrier's detection says, or that somebody spoke
 * where a machine would not.
 */
export const pickupReasons = [
  ...["words", "short_greeting", "long_greeting", "no_beep", "beep"] as const,
  ...["fax_tone", "silence", "detection", "spoke"] as const,
] as const;
export type PickupReason = (typeof pickupReasons)[number];

export type PickupChange =
  | {
    readonly type: "found";
    readonly who: Exclude<FarEnd, "undecided">;
    readonly why: PickupReason;
  }
  /**
   * The machine records: it is the moment of the message, or of the end. With `isGuess` neither a beep nor a
   * word was heard: a screener sounds alike.
   */
  | { readonly type: "messageDue"; readonly why: PickupReason; readonly isGuess: boolean }
  /** Somebody or something speaks, or beeps, while a message is left: it would not be alone on the tape. */
  | { readonly type: "messageDisturbed" }
  /** The person whose calls are screened does not take this one. */
  | { readonly type: "declined" };
