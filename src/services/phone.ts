export { createPhone, type DiallingTime, type Phone } from "./phone/createPhone.ts";
