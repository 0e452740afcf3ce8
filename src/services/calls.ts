export { agentRefusal } from "./calls/callSetup.ts";
export type { PreviewSession } from "./calls/sessionPreview.ts";
export { recordingText } from "./calls/recordingText.ts";
export { askedVariables, missingVariables } from "./calls/missingVariables.ts";
export { screeningText, voicemailText } from "./calls/machineTexts.ts";
export { findsOutWhoAnswers } from "./calls/pickupPolicy.ts";
export type { ActionResult, TransferRefusalCode } from "./calls/callActions.ts";
export type { CrossProcessControl } from "./calls/crossProcessControl.ts";
export type { CallLookup, KnownCall } from "./calls/callLookup.ts";
export { type ApiOperations, createApiOperations } from "./calls/apiOperations.ts";
export type { EndCall } from "./calls/callEnding.ts";
export {
  createResumedCalls,
  requestOfRecord,
  type ResumedCalls,
  type StoredCall,
} from "./calls/resumedCalls.ts";
export { createProcessHandover, type ProcessHandover } from "./calls/processHandover.ts";
export type { WebCall, WebCalls } from "./calls/webCalls.ts";
export { hasWebLine, openCallRegistry, type PhoneHandlers } from "./calls/openCallRegistry.ts";
export { openCallWatchdog } from "./calls/callWatchdog.ts";
export { readJournal } from "./calls/readJournal.ts";
export { replayJournal, type ReplayVerdict } from "./calls/journalReplay.ts";
