export type { TransferRecord } from "./store/calls/transferRecord.ts";
export type { AgentVersionStore, UsedVersion, VersionUse } from "./store/agentVersionStore.ts";
export {
  type TextMessage,
  type TextMessageStore,
  type TextStatus,
  textStatuses,
} from "./store/textMessages.ts";
export {
  type AnalysisClaim,
  type AnalysisEnd,
  type AnalysisResult,
  type AnalysisSpent,
  analysisStates,
  type CallAnalysis,
  type Citation,
  type CriterionResult,
  criterionResults,
  type FieldValue,
} from "./store/analyses/analysis.ts";
export type { AnalysisFilter } from "./store/analyses/analysisFilter.ts";
export type { AnalysisStore } from "./store/analyses/analysisStore.ts";
export type { Budget } from "./store/budget/budgetStore.ts";
export type {
  BudgetAccount,
  BudgetActual,
  BudgetExtension,
  BudgetLimit,
  BudgetLimits,
  BudgetMinutes,
  BudgetRefusal,
  BudgetScope,
} from "./store/budget/budgetTypes.ts";
export {
  dayOf,
  exceeded,
  isOnlyReserved,
  minutesOf,
  untilTomorrow,
} from "./store/budget/budgetUse.ts";
export { type Appointment, appointmentStates } from "./store/calendar/appointment.ts";
export type { PhoneMenuRecord } from "./store/calls/phoneMenuColumn.ts";
export type { RecordingRecord, RecordingWrite } from "./store/calls/recordingRecord.ts";
export { cellsOf } from "./store/calendar/calendarCells.ts";
export type {
  BookingRefusal,
  BookingResult,
  CalendarStore,
  TakenCell,
} from "./store/calendar/calendarStore.ts";
export type { HeardLine, Retention } from "./store/analytics/retention.ts";
export {
  type SeriesGroup,
  seriesGroups,
  type SeriesLine,
  type SeriesPoint,
  type SeriesQuestion,
} from "./store/analytics/callSeries.ts";
export {
  type CallAnalytics,
  type Distribution,
  percentile,
} from "./store/analytics/callAnalytics.ts";
export {
  type CallFilter,
  type CallPosition,
  type CallSearch,
  readCursor,
  writeCursor,
} from "./store/calls/callList.ts";
export {
  type CallSort,
  callSorts,
  readSortCursor,
  type SortPosition,
} from "./store/calls/callOrder.ts";
export type { CallTable } from "./store/calls/callTable.ts";
export { type CallTags, type KnownTag, MAX_TAGS_OF_CALL } from "./store/calls/callTags.ts";
export type { CallPage } from "./store/calls/callPages.ts";
export {
  type AnsweredBy,
  answerers,
  type CallChanges,
  type CallContent,
  type CallCost,
  type CallEnding,
  type CallOutcome,
  callOutcomes,
  type CallRecord,
  type CallSavings,
  type CallUsage,
  type HandoffRecord,
  type LatencySummary,
  type NewCall,
  noUsage,
  type PickupRecord,
  recordStatuses,
} from "./store/calls/callRecord.ts";
export { connectedMsOf } from "./store/calls/connectedMs.ts";
export type { CallStore } from "./store/calls/callStore.ts";
export type { CallWrite } from "./store/calls/callWrites.ts";
export type { DocumentSearches, UnansweredSearch } from "./store/calls/documentSearches.ts";
export type { ErasedNumber, ErasureStore } from "./store/calls/erasureStore.ts";
export type { KeptRow, KeptSpeechStore } from "./store/keptSpeechStore.ts";
export type { KeyCalls } from "./store/calls/keyCalls.ts";
export type { CallSnippet } from "./store/words/snippet.ts";
export type { WordIndex } from "./store/words/wordIndex.ts";
export { MAX_TERMS, readTerms, type WordSearch } from "./store/words/wordSearch.ts";
export { StatementRefused } from "./store/database.ts";
export type { DoNotCallEntry, DoNotCallList } from "./store/doNotCallList.ts";
export type { Beat, Instances, KnownInstance, SlotHolder } from "./store/instances.ts";
export { fuseRanks } from "./store/knowledge/fuseRanks.ts";
export type {
  KeptPassage,
  KnowledgeDocument,
  KnowledgePassage,
  KnowledgeStore,
} from "./store/knowledge/knowledgeStore.ts";
export { foldText, searchWords, stemOf } from "./store/knowledge/searchWords.ts";
export type { VectorStore } from "./store/knowledge/vectorStore.ts";
export type { KeyValues } from "./store/keyValues.ts";
export {
  type Message,
  type MessageFilter,
  messageKinds,
  type MessageRecording,
  type MessageStore,
} from "./store/messages.ts";
export type { BatchAttempts, BatchBreaker, BatchItemEnd } from "./store/outbound/batchEnds.ts";
export type { NumberedBatchEvent } from "./store/outbound/batchEvents.ts";
export type { ItemInTurn } from "./store/outbound/batchFeed.ts";
export {
  type BatchFigures,
  type BatchResult,
  RATE_MS,
  type UsualCall,
} from "./store/outbound/batchResults.ts";
export type { BatchHead, BatchItem } from "./store/outbound/batchRow.ts";
export type { Batch, BatchStore, NewBatchItem } from "./store/outbound/batchStore.ts";
export type { AdmittedCall } from "./store/outbound/admittedCall.ts";
export type { DialQueue, QueuedCall } from "./store/outbound/dialQueue.ts";
export type {
  EarlierRequest,
  IdempotencyStore,
  RequestKey,
  StoredResponse,
} from "./store/outbound/idempotencyStore.ts";
export { examineStore, type StoreCondition } from "./store/examineStore.ts";
export { loadPostgres } from "./store/postgres/loadPostgres.ts";
export type { RevokedKeys } from "./store/revokedKeys.ts";
export type { SharedClock } from "./store/sharedClock.ts";
export type { SignIn, SignInStore } from "./store/signInStore.ts";
export { RESUME_PURPOSE, type SingleUseTokens } from "./store/singleUseTokens.ts";
export { openStore, type Store } from "./store/store.ts";
export type {
  DeadLetterPosition,
  Delivery,
  NewDelivery,
  WebhookOutbox,
} from "./store/webhookOutbox.ts";
export {
  type AuditAction,
  auditActions,
  type AuditEntry,
  type AuditFilter,
  type AuditStore,
} from "./store/auditStore.ts";
