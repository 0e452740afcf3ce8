export { createPhone, type DiallingTime, type Phone } from "./phone/openPhone.ts";
