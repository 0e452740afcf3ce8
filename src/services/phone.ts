export { type DiallingTime, openPhone, type Phone } from "./phone/openPhone.ts";
export type { ConsultRequest } from "./phone/consultRequests.ts";
export type { TransferReport } from "./phone/transfers.ts";
export type { Recording } from "./phone/outsideCalls.ts";
