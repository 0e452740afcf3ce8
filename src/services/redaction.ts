export { createRedactions, type Redactions } from "./redaction/redactions.ts";
export type { RedactedTurn } from "./redaction/callRedactor.ts";
