export {
  advance,
  type CallProgress,
  type CallStatus,
  callStatuses,
  isFinal,
  readStatus,
} from "./twilioOutbound/callStatus.ts";
export { readDialResult } from "./twilioOutbound/dialResult.ts";
export {
  CONSULT_DETECTION,
  consultAddresses,
  type ConsultRef,
} from "./twilioOutbound/consultTwiml.ts";
export { type ConsultTexts, consultTextsOf } from "./twilioOutbound/consultTexts.ts";
export {
  createTwilioConferences,
  type TwilioConferences,
} from "./twilioOutbound/twilioConferences.ts";
export type { DialAnswer, DialTarget, ReferAnswer } from "./twilioOutbound/dialTwiml.ts";
export { readCarrierFacts } from "./twilioOutbound/carrierFacts.ts";
export { closedMessageOf, recordedMessageOf } from "./twilioOutbound/closedMessage.ts";
export {
  fallbackMessageOf,
  handOnMessageOf,
  noAnswerMessageOf,
  type SpokenMessage,
  spokenMessage,
} from "./twilioOutbound/fallbackMessage.ts";
export { type Hold, holdMessagesOf } from "./twilioOutbound/holdMessage.ts";
export type { TwilioCall } from "./twilioOutbound/twilioCall.ts";
export {
  createTwilioCalls,
  type TwilioCallChange,
  type TwilioCallOptions,
  type TwilioCalls,
} from "./twilioOutbound/twilioCalls.ts";
export { createTwilioFaults, type TwilioFaults } from "./twilioOutbound/twilioFaults.ts";
export { TwilioProblem } from "./twilioOutbound/twilioProblem.ts";
export { type UpdateOutcome, updateWithRetries } from "./twilioOutbound/updateWithRetries.ts";
export { warnUnlessAway } from "./twilioOutbound/warnUnlessAway.ts";
export {
  createTwilioMessages,
  readTextStatus,
  type TwilioMessages,
} from "./twilioOutbound/twilioMessages.ts";
export { type PhoneAnswer, writeHangUp, writeTwiml } from "./twilioOutbound/twiml.ts";
export {
  type AccountFacts,
  type Balance,
  type CampaignState,
  createTwilioAccountFacts,
  type TwilioAccountFacts,
} from "./twilioOutbound/twilioAccountFacts.ts";
export { twilioHost } from "./twilioOutbound/twilioHost.ts";
export {
  type AccountApplication,
  type AccountNumber,
  createTwilioAccountNumbers,
  type IncomingCall,
  type NumberSettings,
  numberSettings,
  type TwilioAccountNumbers,
} from "./twilioOutbound/twilioAccountNumbers.ts";
export {
  createTwilioFlows,
  flowWebhook,
  forwardingFlow,
  type TwilioFlows,
} from "./twilioOutbound/twilioFlows.ts";
export { alertMeaning, alertSentence } from "./twilioOutbound/alertMeaning.ts";
export {
  concernsServer,
  createTwilioAlerts,
  isFault,
  type TwilioAlert,
  type TwilioAlerts,
} from "./twilioOutbound/twilioAlerts.ts";
export {
  STATUS_OVERRIDES,
  VOICE_OVERRIDES,
  withoutOverrides,
} from "./twilioOutbound/connectionOverrides.ts";
