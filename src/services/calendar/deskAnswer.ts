/** What a model reads: a result, or a sentence that says what is wrong. */
export type DeskAnswer =
  | { readonly ok: true; readonly output: Readonly<Record<string, unknown>> }
  | DeskRefusal;

export interface DeskRefusal {
  readonly ok: false;
  readonly code: string;
  /** For the model: it says what to do instead. */
  readonly message: string;
}

export function refused(code: string, message: string): DeskRefusal {
  return { ok: false, code, message };
}

export function refusedSlot(reason: "unknown" | "expired"): DeskRefusal {
  return reason === "unknown"
    ? refused(
      "unknown_slot",
      "There is no such slot, and nothing was booked. A slot is an id that find_slots has returned in this " +
        "call, such as s_..., exactly as it is there: no date and no time. Use find_slots first.",
    )
    : refused(
      "slot_expired",
      "This slot was offered too long ago, and nothing was booked. Use find_slots again.",
    );
}

export const unknownAppointment = refused(
  "unknown_appointment",
  "There is no such appointment. Use an id that my_appointments or book_slot has returned in this call.",
);
