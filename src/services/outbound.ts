export type { BatchState } from "./outbound/batches.ts";
export { createKeyCheck } from "./outbound/keyCheck.ts";
export { createOutboundCalls, type OutboundCalls } from "./outbound/outboundCalls.ts";
export {
  BudgetExceeded,
  CallWithdrawn,
  DestinationRefused,
  KeyRefused,
  OutcomeUnknown,
  PendingExceeded,
  RequestKeyReused,
  RequestUnderWay,
  StoreUnavailable,
} from "./outbound/outboundErrors.ts";
export { requestOf } from "./outbound/outboundJob.ts";
