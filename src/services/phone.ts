export { type DiallingTime, openPhone, type Phone } from "./phone/openPhone.ts";
