export type { AnalysisSpending, TextUsage } from "./spending/analysisSpending.ts";
export type { AsideSpending } from "./spending/asideSpending.ts";
export { limitCode } from "./spending/budgetRefusals.ts";
export type { CallBudget } from "./spending/callBudget.ts";
export type { PlannedCall } from "./spending/calledEnough.ts";
export { openCallSpendLimit } from "./spending/callSpendLimit.ts";
export { openCommandCalls, type Settle } from "./spending/commandCalls.ts";
export {
  addUsage,
  isTransferOpen,
  spentBy,
  usageOfResponse,
  usageOfTranscription,
} from "./spending/callUsage.ts";
export { addSavings, CompactionSavings, savedUsd } from "./spending/compactionSavings.ts";
export type { Consent } from "./spending/consent.ts";
export type { DialCheck, DialPolicy, PersonCall } from "./spending/dialPolicy.ts";
export type { EmbeddingSpending } from "./spending/embeddingSpending.ts";
export { checkDestination } from "./spending/destinations/destination.ts";
export { countryOf as countryOfNumber } from "./spending/destinations/numberingPlan.ts";
export { type DialRefusal, dialRefusalCodes } from "./spending/dialRefusal.ts";
export { loadDialPolicy } from "./spending/loadDialPolicy.ts";
export { openSpending, type Spending } from "./spending/openSpending.ts";
export {
  costOf,
  loadPrices,
  type PersonLeg,
  type PhoneTime,
  type Prices,
  speechUsd,
  textModelUsd,
} from "./spending/pricing.ts";
export {
  type AddressOf,
  type AllowedTarget,
  failureOf,
  type TransferPolicy,
  type TransferRefusal,
  type Transferring,
} from "./spending/transferPolicy.ts";
export { type CallModels, findUnpriced, findUnpricedLimits } from "./spending/billedModels.ts";
export type { OptOutKeeper } from "./spending/optOutKeeper.ts";
