export type { BatchDetail, BatchState } from "./outbound/batches.ts";
export type { BatchOfCalls, BatchPreview } from "./outbound/batch/batchIntake.ts";
export { type BatchColumn, type TableProblem } from "./outbound/batch/batchColumns.ts";
export { type BatchPlan, batchPlan, batchRetry } from "./outbound/batch/batchPlan.ts";
export { viewBatch } from "./outbound/batch/batchView.ts";
export type { CallRefusal, CheckedCall } from "./outbound/batch/callChecks.ts";
export { readDetails, type RefusedLine } from "./outbound/batch/lineDetails.ts";
export {
  type BatchTable,
  readBatchTable,
  TABLE_BOUNDS,
  UnreadableTable,
} from "./outbound/batch/readBatchTable.ts";
export { MAX_ID_CHARS, type RequestedCall } from "./outbound/batch/requestedCall.ts";
export { openOutbound, type OutboundCalls } from "./outbound/openOutbound.ts";
export {
  BatchConflict,
  BatchRefused,
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
export { missingAmong } from "./outbound/batch/describeCalls.ts";
export { machineDetectionSettings, retryRule } from "./outbound/outboundJob.ts";
export { outboundStatuses } from "./outbound/placedCallControl.ts";
