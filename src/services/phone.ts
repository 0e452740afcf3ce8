export { type DiallingTime, openPhone, type Phone } from "./phone/openPhone.ts";
export type { Recording } from "./phone/outsideCalls.ts";
