import type { Appointment, NewDelivery } from "../store.ts";

export type AppointmentChange = "booked" | "moved" | "cancelled";

/** An appointment as the API and webhooks show it. */
export function viewAppointment(appointment: Appointment) {
  const { id, calendar, service, state, name, phone, note, callId } = appointment;
  return {
    id,
    calendar,
    service,
    startsAt: new Date(appointment.startsAt).toISOString(),
    endsAt: new Date(appointment.endsAt).toISOString(),
    state,
    name,
    phone: phone ?? null,
    note: note ?? null,
    callId: callId ?? null,
    createdAt: new Date(appointment.createdAt).toISOString(),
    changedAt: new Date(appointment.changedAt).toISOString(),
  };
}

/** What is to be told of a change, in the call of `callId` or else by an operator. */
export function appointmentMessage(
  change: AppointmentChange,
  appointment: Appointment,
  { endpoint, callId }: { readonly endpoint: string; readonly callId?: string | undefined },
): NewDelivery {
  const eventType = `appointment.${change}`;
  const { id, changedAt } = appointment;
  // Begins with the appointment's id, by which it is found when that is erased.
  return {
    id: `evt_${id}_${change}_${changedAt}`,
    endpoint,
    eventType,
    ...(callId !== undefined && { callId }),
    payload: JSON.stringify({
      type: eventType,
      timestamp: new Date(changedAt).toISOString(),
      data: viewAppointment(appointment),
    }),
  };
}
