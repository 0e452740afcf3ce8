export type { BatchState } from "./outbound/batches.ts";
export { openOutbound, type OutboundCalls } from "./outbound/openOutbound.ts";
export {
  BudgetExceeded,
  CallNotWanted,
  CallWithdrawn,
  DestinationRefused,
  KeyRefused,
  OutcomeUnknown,
  PendingExceeded,
  RequestKeyReused,
  RequestUnderWay,
  StoreUnavailable,
} from "./outbound/outboundErrors.ts";
export { machineDetectionSettings, retryRule } from "./outbound/outboundJob.ts";
export { outboundStatuses } from "./outbound/placedCallControl.ts";
