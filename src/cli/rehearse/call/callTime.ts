/** How long a call goes on beyond its scenario, where nothing else ends it: its stream begins after the answer. */
const SPARE_SECONDS = 15;

/** How long Twilio lets a call of a scenario last, from the answer on. */
export function longestCallSeconds(maxMs: number): number {
  return Math.ceil(maxMs / 1000) + SPARE_SECONDS;
}

/** What a carrier takes for a call of so long: whole minutes. */
export function billedMinutes(ms: number): number {
  return Math.ceil(ms / 60_000);
}
