/** Appointments, and the time that each of them takes: no two take the same. */
export const calendarVersion: readonly string[] = [
  `CREATE TABLE appointments (
    id TEXT PRIMARY KEY,
    calendar TEXT NOT NULL,
    resource INTEGER NOT NULL,
    service TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    phone_digits TEXT,
    note TEXT,
    call_id TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
  )`,
  "CREATE INDEX appointments_by_time ON appointments (calendar, starts_at)",
  "CREATE INDEX appointments_by_end ON appointments (ends_at)",
  "CREATE INDEX appointments_by_call ON appointments (call_id) WHERE call_id IS NOT NULL",
  "CREATE INDEX appointments_by_phone ON appointments (phone_digits) WHERE phone_digits IS NOT NULL",
  `CREATE TABLE appointment_cells (
    calendar TEXT NOT NULL,
    resource INTEGER NOT NULL,
    cell BIGINT NOT NULL,
    appointment_id TEXT NOT NULL,
    PRIMARY KEY (calendar, resource, cell)
  )`,
  "CREATE INDEX appointment_cells_by_appointment ON appointment_cells (appointment_id)",
];
