import type { Appointment, BookingResult, CalendarStore, NewDelivery } from "../store.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { newId } from "../../utils/ids.ts";
import { present } from "../../utils/present.ts";
import { type AppointmentChange, appointmentMessage } from "./appointmentMessage.ts";
import { readAskedDays } from "./askedDays.ts";
import { type BookingRules, dayAt, zoned } from "./bookableTimes.ts";
import {
  type CallerSigns,
  isOfPerson,
  isSameName,
  numberOfCall,
  provenNumber,
  readName,
  readPhone,
} from "./bookedPerson.ts";
import type { PartOfDay, Preference } from "./chooseTimes.ts";
import { type DeskAnswer, refused, refusedSlot, unknownAppointment } from "./deskAnswer.ts";
import { findTimes } from "./findTimes.ts";
import type { Handles } from "./handles.ts";
import type { DayRange } from "./joinDays.ts";
import { createSpokenTimes } from "./spokenTimes.ts";

const MAX_OF_CALL = 5;
const MAX_LISTED = 10;
/** Somebody who says names and numbers until one fits is no customer. */
const MAX_LOOKUPS = 5;
const MINUTE_MS = 60_000;

/** The call that somebody books in. */
export interface DeskCall extends CallerSigns {
  readonly callId: string;
  /** What may be kept of a text. */
  redact?(text: string): string;
}

export interface CalendarDeskOptions {
  readonly store: CalendarStore;
  readonly handles: Handles;
  readonly rules: BookingRules;
  /** Of what callers are told, such as `en` or `de-AT`. */
  readonly language: string;
  /** Where webhooks go; absent for none. */
  readonly endpoint?: string | undefined;
  /** Called when there is something new in the outbox. */
  readonly onChange: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Lookups by name and number so far, by call. */
  readonly lookups: BoundedMap<string, number>;
}

export type CalendarDesk = ReturnType<typeof createCalendarDesk>;

/** An agent's way to its calendar: it books only times that were offered in the same call. */
export function createCalendarDesk(options: CalendarDeskOptions) {
  const { store, handles, rules, language, endpoint, onChange, now, lookups } = options;
  const { timezone, name: calendar, capacity } = rules;
  const spoken = createSpokenTimes({ language, timezone });
  const services = Object.keys(rules.services);
  const titleOf = (service: string) => rules.services[service]?.title ?? service;
  const at = (time: number) => spoken.at(time, now());
  const dateOf = (time: number) => dayAt(time, timezone).toString();

  function slotsOf(call: DeskCall, service: string, times: readonly { startsAt: number }[]) {
    return times.map(({ startsAt }) => ({
      slot: handles.slot({ callId: call.callId, calendar, service, startsAt }, now()),
      spoken: at(startsAt),
      date: dateOf(startsAt),
    }));
  }

  function find(service: string, days: readonly DayRange[], preference: Preference) {
    const minutes = rules.services[service]?.minutes ?? 0;
    return findTimes(days, preference, { store, rules, minutes, now: now() });
  }

  /** What is booked must have been offered in this call. */
  function readSlot(call: DeskCall, text: string) {
    const read = handles.readSlot(text, { callId: call.callId, calendar }, services, now());
    if (!read.ok) return refusedSlot(read.reason);
    const { service, startsAt } = read;
    if (startsAt <= now()) return refusedSlot("expired");
    const endsAt = startsAt + (rules.services[service]?.minutes ?? 0) * MINUTE_MS;
    return { ok: true, time: { service, startsAt, endsAt } } as const;
  }

  const deliveryOf = (change: AppointmentChange, { callId }: DeskCall) =>
    endpoint === undefined
      ? undefined
      : (appointment: Appointment): NewDelivery =>
        appointmentMessage(change, appointment, { endpoint, callId });

  function describe(call: DeskCall, appointment: Appointment) {
    return {
      appointment: handles.appointment(call.callId, appointment.id),
      spoken: at(appointment.startsAt),
      date: dateOf(appointment.startsAt),
      service: titleOf(appointment.service),
      name: appointment.name,
    };
  }

  async function taken(call: DeskCall, service: string, startsAt: number): Promise<DeskAnswer> {
    const day = dayAt(startsAt, timezone);
    const { hour, minute } = zoned(startsAt, timezone);
    const near = { minute: hour * 60 + minute };
    const { times } = await find(service, [{ first: day, last: day }], near);
    const slots = slotsOf(call, service, times);
    const free = slots.map(({ slot, spoken }) => `${slot} (${spoken})`).join("; ");
    return refused(
      "slot_taken",
      `Somebody else has just taken this time: nothing was done. ${
        free === "" ? "Use find_slots for others." : `The next free ones: ${free}.`
      }`,
    );
  }

  async function answerTo(
    call: DeskCall,
    result: BookingResult,
    status: AppointmentChange,
    time?: { readonly service: string; readonly startsAt: number },
  ): Promise<DeskAnswer> {
    if (result.ok) {
      if (result.isNew) onChange();
      return { ok: true, output: { status, ...describe(call, result.appointment) } };
    }
    switch (result.code) {
      case "taken":
        return await taken(call, time?.service ?? "", time?.startsAt ?? now());
      case "too_many":
        return refused("too_many", `One call books ${MAX_OF_CALL} appointments at most.`);
      case "unknown":
        return refused("unknown_appointment", "This appointment does not exist any more.");
    }
  }

  return {
    /** Free times, the earliest where `when` is not given. */
    async find(
      call: DeskCall,
      { service, when, part }: {
        readonly service: string;
        readonly when?: string | undefined;
        readonly part?: PartOfDay | undefined;
      },
    ): Promise<DeskAnswer> {
      const offered = rules.services[service];
      if (offered === undefined) {
        return refused("unknown_service", `There are only: ${services.join(", ")}.`);
      }
      const asked = readAskedDays(when ?? "", { rules, now: now(), spoken });
      if (!asked.ok) return asked;
      const { days } = asked;
      const preference = { ...asked.preference, ...(part !== undefined && { part }) };
      const { times, areOthers } = await find(service, days, preference);
      const note = times.length === 0
        ? "Nothing is free."
        : areOthers
        ? "Nothing is free when the caller asked for: say so. These are the next free times."
        : undefined;
      return {
        ok: true,
        output: {
          service: offered.title,
          minutes: offered.minutes,
          ...present({ about: offered.say }),
          ...(days.length > 0 && { asked_for: asked.spoken }),
          slots: slotsOf(call, service, times),
          ...present({ note }),
        },
      };
    },

    async book(
      call: DeskCall,
      given: {
        readonly slot: string;
        readonly name: string;
        readonly phone?: string | undefined;
        readonly note?: string | undefined;
      },
    ): Promise<DeskAnswer> {
      const slot = readSlot(call, given.slot);
      if (!slot.ok) return slot;
      const fullName = readName(given.name);
      if (fullName === undefined) {
        return refused("name_needed", "This is not a name: ask the caller for it.");
      }
      const phone = given.phone === undefined ? numberOfCall(call) : readPhone(given.phone);
      if (given.phone !== undefined && phone === undefined) {
        return refused(
          "phone_not_valid",
          "This is not a phone number: ask for it again, or leave it out.",
        );
      }
      const said = given.note?.trim() || undefined;
      const note = said === undefined ? undefined : call.redact?.(said) ?? said;
      const name = call.redact?.(fullName) ?? fullName;
      const { callId } = call;
      const id = `apt_${newId("").slice(-16)}`;
      const appointment = { id, calendar, ...slot.time, name, callId, ...present({ phone, note }) };
      const result = await store.book(appointment, {
        ...{ capacity, maxOfCall: MAX_OF_CALL, now: now() },
        // Two people may come at the same time, where there is room for both.
        isSame: (known) => capacity === 1 || isSameName(known.name, name),
        deliveryOf: deliveryOf("booked", call),
      });
      if (result.ok && !result.isNew && !isSameName(result.appointment.name, name)) {
        return refused(
          "booked_for_another",
          "This time is taken by an appointment that this very call has made, for " +
            `${
              result.appointment.name || "somebody"
            }: nothing was done. It can be cancelled first.`,
        );
      }
      return await answerTo(call, result, "booked", slot.time);
    },

    /** Those of the caller: by a number that is sure, or else by name and number. */
    async mine(
      call: DeskCall,
      said: { readonly name?: string | undefined; readonly phone?: string | undefined },
    ): Promise<DeskAnswer> {
      const own = provenNumber(call);
      const asked = said.phone === undefined ? undefined : readPhone(said.phone);
      const filter = { from: now(), limit: MAX_LISTED };
      if (own !== undefined && asked === undefined) {
        return listed(call, await store.ofPhone(calendar, own, filter));
      }
      const phone = asked ?? numberOfCall(call);
      const fullName = said.name === undefined ? undefined : readName(said.name);
      // As it was kept.
      const name = fullName && (call.redact?.(fullName) ?? fullName);
      if (phone === undefined || name === undefined) {
        return refused(
          "name_and_phone_needed",
          "It is not sure who is calling: ask for the name and the phone number that the appointment was made with.",
        );
      }
      const count = (lookups.get(call.callId) ?? 0) + 1;
      lookups.set(call.callId, count);
      if (count > MAX_LOOKUPS) {
        return refused("too_many_lookups", "Too many names and numbers were tried in this call.");
      }
      const found = await store.ofPhone(calendar, phone, filter);
      return listed(call, found.filter((each) => isOfPerson(each, { name, phone })));
    },

    async move(
      call: DeskCall,
      given: { readonly appointment: string; readonly slot: string },
    ): Promise<DeskAnswer> {
      const id = handles.readAppointment(given.appointment, call.callId);
      if (id === undefined) return unknownAppointment;
      const slot = readSlot(call, given.slot);
      if (!slot.ok) return slot;
      const options = { capacity, now: now(), deliveryOf: deliveryOf("moved", call) };
      return await answerTo(call, await store.move(id, slot.time, options), "moved", slot.time);
    },

    async cancel(call: DeskCall, given: { readonly appointment: string }): Promise<DeskAnswer> {
      const id = handles.readAppointment(given.appointment, call.callId);
      if (id === undefined) return unknownAppointment;
      const options = { now: now(), deliveryOf: deliveryOf("cancelled", call) };
      return await answerTo(call, await store.cancel(id, options), "cancelled");
    },
  };

  function listed(call: DeskCall, appointments: readonly Appointment[]): DeskAnswer {
    return {
      ok: true,
      output: {
        appointments: appointments.map((each) => describe(call, each)),
        ...(appointments.length === 0 && {
          note: "None was found. Ask whether it was made under another name or number.",
        }),
      },
    };
  }
}
