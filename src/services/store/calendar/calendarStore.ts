import type { Database, Query } from "../database.ts";
import type { NewDelivery } from "../webhookOutbox.ts";
import { type Appointment, appointmentOf } from "./appointment.ts";
import { cellAt, cellsOf } from "./calendarCells.ts";
import { placeholders, storableText } from "../columns.ts";
import { deliveryInsert } from "../webhookOutbox.ts";
import { numberOf, onlyRow, readable } from "../row.ts";
import { isSameNumber, lastDigits } from "../../../utils/phoneNumber.ts";

/** Why an appointment could not be made or moved. */
export type BookingRefusal = "taken" | "too_many" | "unknown";

/** The appointment as it is now; not `isNew` where the same was asked before. */
export type BookingResult =
  | { readonly ok: true; readonly appointment: Appointment; readonly isNew: boolean }
  | { readonly ok: false; readonly code: BookingRefusal };

export interface ChangeOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What is to be told of the change; it is stored with it, or not at all. */
  readonly deliveryOf?: ((appointment: Appointment) => NewDelivery | undefined) | undefined;
}

export interface TakeOptions extends ChangeOptions {
  /** How many appointments may take the same time. */
  readonly capacity: number;
}

interface BookOptions extends TakeOptions {
  readonly maxOfCall: number;
  /** Whether what the call has at this time is what is asked for now; it is where this is absent. */
  readonly isSame?: (known: Appointment) => boolean;
}

export type NewTime = Pick<Appointment, "service" | "startsAt" | "endsAt">;

/** One row for each place in a calendar that is taken. */
export interface TakenCell {
  readonly resource: number;
  readonly cell: number;
}

export interface AppointmentFilter {
  readonly calendar?: string;
  readonly callId?: string;
  /** Those that end later than this. */
  readonly from?: number;
  /** Those that start earlier than this. */
  readonly to?: number;
  readonly state?: Appointment["state"];
  readonly limit: number;
}

export type CalendarStore = ReturnType<typeof createCalendarStore>;

/** Appointments. That two take the same place in a calendar is impossible by a key of the database. */
export function createCalendarStore(database: Database) {
  const { query } = database;

  /** Those who change one calendar wait for each other, so that who comes second sees what is taken. */
  const alone = <T>(calendar: string, work: (query: Query) => Promise<T>) =>
    database.transaction(`calendar:${calendar}`, work);

  async function get(id: string): Promise<Appointment | undefined> {
    const [row] = await query("SELECT * FROM appointments WHERE id = $1", [id]);
    return row && appointmentOf(row);
  }

  return {
    get,
    /**
     * Books a time. A call that asks for the same again gets what it has; it may have `maxOfCall` at most.
     * In a call that is to be erased nobody is named.
     */
    book(
      wanted: Omit<Appointment, "state" | "createdAt" | "changedAt">,
      { capacity, maxOfCall, isSame = () => true, now, deliveryOf }: BookOptions,
    ): Promise<BookingResult> {
      return alone(wanted.calendar, async (query) => {
        const { callId } = wanted;
        const own = callId === undefined ? [] : await ofCall(query, callId);
        const same = own.find((known) =>
          known.calendar === wanted.calendar && known.service === wanted.service &&
          known.startsAt === wanted.startsAt && isSame(known)
        );
        if (same !== undefined) return { ok: true, appointment: same, isNew: false };
        if (own.length >= maxOfCall) return refused("too_many");
        const resource = await take(query, wanted, capacity);
        if (resource === undefined) return refused("taken");
        const appointment: Appointment = {
          ...(await isErased(query, callId) ? nameless(wanted) : wanted),
          state: "booked",
          createdAt: Math.round(now),
          changedAt: Math.round(now),
        };
        await insert(query, appointment, resource);
        await tell(query, appointment, { now, deliveryOf });
        return { ok: true, appointment, isNew: true };
      });
    },
    /** Moves an appointment, which keeps its time where the new one is taken. */
    async move(
      id: string,
      to: NewTime,
      { capacity, now, deliveryOf }: TakeOptions,
    ): Promise<BookingResult> {
      const known = await get(id);
      if (known === undefined) return refused("unknown");
      return await orRefusal(() =>
        alone(known.calendar, async (query) => {
          const current = await booked(query, id);
          if (current.startsAt === to.startsAt && current.service === to.service) {
            return { ok: true, appointment: current, isNew: false };
          }
          await query("DELETE FROM appointment_cells WHERE appointment_id = $1", [id]);
          const moved = { ...current, ...to, changedAt: Math.round(now) };
          const resource = await take(query, moved, capacity);
          // Undoes the deletion.
          if (resource === undefined) throw new Refused("taken");
          await query(
            `UPDATE appointments SET service = $2, starts_at = $3, ends_at = $4, resource = $5,
              changed_at = $6 WHERE id = $1`,
            [id, to.service, to.startsAt, to.endsAt, resource, moved.changedAt],
          );
          await tell(query, moved, { now, deliveryOf });
          return { ok: true, appointment: moved, isNew: true };
        })
      );
    },
    /** Frees the time of an appointment; one that is cancelled already stays so. */
    async cancel(id: string, { now, deliveryOf }: ChangeOptions): Promise<BookingResult> {
      const known = await get(id);
      if (known === undefined) return refused("unknown");
      return await alone(known.calendar, async (query) => {
        const [row] = await query(
          `UPDATE appointments SET state = 'cancelled', changed_at = $2
            WHERE id = $1 AND state = 'booked' RETURNING *`,
          [id, Math.round(now)],
        );
        if (row === undefined) {
          return { ok: true, appointment: { ...known, state: "cancelled" }, isNew: false };
        }
        await query("DELETE FROM appointment_cells WHERE appointment_id = $1", [id]);
        const appointment = appointmentOf(row);
        await tell(query, appointment, { now, deliveryOf });
        return { ok: true, appointment, isNew: true };
      });
    },
    /** What is taken of a calendar between two times. */
    async taken(calendar: string, from: number, to: number): Promise<readonly TakenCell[]> {
      const rows = await query(
        "SELECT resource, cell FROM appointment_cells WHERE calendar = $1 AND cell >= $2 AND cell <= $3",
        [calendar, cellAt(from), cellAt(to)],
      );
      return rows.map((row) => ({
        resource: numberOf(row, "resource"),
        cell: numberOf(row, "cell"),
      }));
    },
    /** In the order of their times. */
    async list(
      { calendar, callId, from, to, state, limit }: AppointmentFilter,
    ): Promise<readonly Appointment[]> {
      const given = [
        ["calendar =", calendar],
        ["call_id =", callId],
        ["ends_at >", from === undefined ? undefined : Math.round(from)],
        ["starts_at <", to === undefined ? undefined : Math.round(to)],
        ["state =", state],
      ].flatMap(([test, value]) => value === undefined ? [] : [{ test, value }]);
      const where = given.map(({ test }, at) => `${test} $${at + 1}`).join(" AND ");
      const rows = await query(
        `SELECT * FROM appointments ${where === "" ? "" : `WHERE ${where}`}
          ORDER BY starts_at, id LIMIT $${given.length + 1}`,
        [...given.map(({ value }) => value), limit],
      );
      return readable(rows, appointmentOf);
    },
    /** The booked appointments of a number that end later than `from`. */
    async ofPhone(
      calendar: string,
      phone: string,
      { from, limit }: { readonly from: number; readonly limit: number },
    ): Promise<readonly Appointment[]> {
      const rows = await query(
        `SELECT * FROM appointments WHERE phone_digits = $1 AND calendar = $2 AND state = 'booked'
          AND ends_at > $3 ORDER BY starts_at, id LIMIT 100`,
        [lastDigits(phone), calendar, Math.round(from)],
      );
      return readable(rows, appointmentOf)
        .filter((found) => found.phone !== undefined && isSameNumber(found.phone, phone))
        .slice(0, limit);
    },
  };
}

class Refused extends Error {
  constructor(readonly code: BookingRefusal) {
    super(code);
  }
}

const refused = (code: BookingRefusal): BookingResult => ({ ok: false, code });

async function orRefusal(work: () => Promise<BookingResult>): Promise<BookingResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return refused(error.code);
    throw error;
  }
}

async function booked(query: Query, id: string): Promise<Appointment> {
  const [row] = await query("SELECT * FROM appointments WHERE id = $1 AND state = 'booked'", [id]);
  if (row === undefined) throw new Refused("unknown");
  return appointmentOf(row);
}

async function ofCall(query: Query, callId: string): Promise<readonly Appointment[]> {
  const sql = "SELECT * FROM appointments WHERE call_id = $1 AND state = 'booked'";
  return readable(await query(sql, [callId]), appointmentOf);
}

/** Takes the first of the calendar's places that is free all the time; undefined where none is. */
async function take(
  query: Query,
  { id, calendar, startsAt, endsAt }: Pick<Appointment, "id" | "calendar" | "startsAt" | "endsAt">,
  capacity: number,
): Promise<number | undefined> {
  const cells = cellsOf(startsAt, endsAt);
  for (let resource = 0; resource < capacity; resource++) {
    const values = cells.map((_, at) => `($1, $2, $${at + 4}, $3)`).join(", ");
    const got = await query(
      `INSERT INTO appointment_cells (calendar, resource, cell, appointment_id) VALUES ${values}
        ON CONFLICT (calendar, resource, cell) DO NOTHING RETURNING cell`,
      [calendar, resource, id, ...cells],
    );
    if (got.length === cells.length) return resource;
    await query("DELETE FROM appointment_cells WHERE appointment_id = $1", [id]);
  }
  return undefined;
}

async function insert(query: Query, it: Appointment, resource: number): Promise<void> {
  const values = [
    ...[it.id, it.calendar, resource, it.service, Math.round(it.startsAt), Math.round(it.endsAt)],
    ...[it.state, storableText(it.name), it.phone ?? null],
    it.phone === undefined ? null : lastDigits(it.phone),
    it.note === undefined ? null : storableText(it.note),
    ...[it.callId ?? null, it.createdAt, it.changedAt],
  ];
  await query(
    `INSERT INTO appointments (id, calendar, resource, service, starts_at, ends_at, state, name,
      phone, phone_digits, note, call_id, created_at, changed_at) VALUES (${placeholders(values)})`,
    values,
  );
}

async function isErased(query: Query, callId: string | undefined): Promise<boolean> {
  if (callId === undefined) return false;
  const sql = "SELECT COUNT(*) AS rows FROM erased_calls WHERE call_id = $1";
  return numberOf(onlyRow(await query(sql, [callId])), "rows") > 0;
}

function nameless<T extends Pick<Appointment, "name" | "phone" | "note">>(appointment: T) {
  const { phone: _phone, note: _note, ...rest } = appointment;
  return { ...rest, name: "" };
}

async function tell(
  query: Query,
  appointment: Appointment,
  { now, deliveryOf }: ChangeOptions,
): Promise<void> {
  const delivery = deliveryOf?.(appointment);
  if (delivery === undefined) return;
  const { sql, values } = deliveryInsert(delivery, Math.round(now));
  await query(sql, values);
}
