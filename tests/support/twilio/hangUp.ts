import type { SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";

/** The person hangs up; resolves when the call's sockets are closed and its callbacks delivered. */
export async function hangUp(phone: SimulatedCall): Promise<void> {
  phone.hangUp();
  await phone.settled;
}
