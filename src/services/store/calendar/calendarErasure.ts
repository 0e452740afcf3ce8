import type { Query } from "../database.ts";
import { appointmentOf } from "./appointment.ts";
import { placeholders } from "../columns.ts";
import { readable, textOf } from "../row.ts";
import { isSameNumber, lastDigits } from "../../../utils/phoneNumber.ts";

/** Whose an appointment is goes; that the time is taken stays. */
const NAMELESS = "name = '', phone = NULL, phone_digits = NULL, note = NULL, call_id = NULL";

/** Forgets who has the appointments that were booked in these calls. */
export async function eraseAppointmentsOf(
  query: Query,
  callIds: readonly string[],
): Promise<void> {
  if (callIds.length === 0) return;
  const rows = await query(
    `SELECT id FROM appointments WHERE call_id IN (${placeholders(callIds)})`,
    callIds,
  );
  await makeNameless(query, rows.map((row) => textOf(row, "id")));
}

/** Forgets who has the appointments under this number, whoever has entered them. */
export async function eraseAppointmentsUnder(query: Query, number: string): Promise<void> {
  const rows = await query(
    "SELECT * FROM appointments WHERE phone_digits = $1",
    [lastDigits(number)],
  );
  const own = readable(rows, appointmentOf)
    .filter(({ phone }) => phone !== undefined && isSameNumber(phone, number));
  await makeNameless(query, own.map(({ id }) => id));
}

/** Forgets whose the appointments were that ended before a time. */
export async function eraseAppointmentsBefore(query: Query, time: number): Promise<void> {
  await query(`UPDATE appointments SET ${NAMELESS} WHERE ends_at < $1 AND name <> ''`, [time]);
}

const CHUNK = 200;

async function makeNameless(query: Query, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += CHUNK) {
    const some = ids.slice(at, at + CHUNK);
    const chosen = placeholders(some);
    await query(`UPDATE appointments SET ${NAMELESS} WHERE id IN (${chosen})`, some);
    // What is still to be told of them; its id begins with that of the appointment.
    await query(
      `DELETE FROM deliveries WHERE event_type LIKE 'appointment.%' AND EXISTS (
        SELECT 1 FROM appointments WHERE appointments.id IN (${chosen})
        AND substr(deliveries.id, 1, length(appointments.id) + 5) = 'evt_' || appointments.id || '_')`,
      some,
    );
  }
}
