export { createRedactions, type Redactions } from "./redaction/redactions.ts";
