import { createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";

/** A slot is offered for so long. */
const OFFER_MS = 10 * 60_000;
const MINUTE_MS = 60_000;
/** 50 bits: what somebody makes up fits once in 10^15 times. */
const TAG_CHARS = 10;

/** What a slot of one call stands for. */
export interface OfferedSlot {
  readonly callId: string;
  readonly calendar: string;
  readonly service: string;
  /** Milliseconds since 1970, whole minutes. */
  readonly startsAt: number;
}

export type ReadSlot =
  | { readonly ok: true; readonly service: string; readonly startsAt: number }
  | { readonly ok: false; readonly reason: "unknown" | "expired" };

export type Handles = ReturnType<typeof createHandles>;

/**
 * Makes the ids that a model gets for times and appointments, and reads them. They are signed for one call, so
 * that one which was not handed out in it stands for nothing, also after another process has taken it over.
 */
export function createHandles(secret: string) {
  const key = createHmac("sha256", secret).update("calendar handles").digest();
  const tagOf = (...parts: readonly (string | number)[]) =>
    createHmac("sha256", key).update(JSON.stringify(parts)).digest("hex").slice(0, TAG_CHARS);

  function tagOfSlot(slot: OfferedSlot, issued: number): string {
    const { callId, calendar, service, startsAt } = slot;
    return tagOf("slot", callId, calendar, service, startsAt, issued);
  }

  return {
    /** `now` is in milliseconds since 1970. */
    slot(slot: OfferedSlot, now: number): string {
      const issued = Math.floor(now / MINUTE_MS);
      const minutes = [slot.startsAt / MINUTE_MS, issued].map((each) => each.toString(36)).join("");
      return `s_${minutes}${tagOfSlot(slot, issued)}`;
    },
    /** The one of these services that a slot of the call is for. */
    readSlot(
      text: string,
      call: Pick<OfferedSlot, "callId" | "calendar">,
      services: readonly string[],
      now: number,
    ): ReadSlot {
      const [, start = "", given = "", tag = ""] = SLOT.exec(text.trim().toLowerCase()) ?? [];
      const startsAt = parseInt(start, 36) * MINUTE_MS;
      const issued = parseInt(given, 36);
      const service = services.find((service) =>
        isSame(tagOfSlot({ ...call, service, startsAt }, issued), tag)
      );
      if (service === undefined) return { ok: false, reason: "unknown" };
      if (now > issued * MINUTE_MS + OFFER_MS) return { ok: false, reason: "expired" };
      return { ok: true, service, startsAt };
    },
    appointment: (callId: string, id: string): string =>
      `a_${id.replace(/^apt_/, "")}${tagOf("appointment", callId, id)}`,
    /** The id of an appointment that the call was told of. */
    readAppointment(text: string, callId: string): string | undefined {
      const [, rest = "", tag = ""] = APPOINTMENT.exec(text.trim().toLowerCase()) ?? [];
      const id = `apt_${rest}`;
      return isSame(tagOf("appointment", callId, id), tag) ? id : undefined;
    },
  };
}

/** Minutes since 1970 have five figures of base 36 until 2085. */
const SLOT = new RegExp(`^s_([0-9a-z]{5})([0-9a-z]{5})([0-9a-f]{${TAG_CHARS}})$`);
const APPOINTMENT = new RegExp(`^a_([0-9a-z]{8,40})([0-9a-f]{${TAG_CHARS}})$`);

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
