export { createPhone, type DiallingTime, type Phone } from "./phone/createPhone.ts";
export type { PhoneCalls } from "./phone/phoneCalls.ts";
