/**
 * Twilio's overrides for a request that must not fail: tried again, without a delay, where there is no
 * connection, no answer within 4 s, or a status of 500 and more.
 */
export const PERSISTENT = "#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000&tt=15000";
