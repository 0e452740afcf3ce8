export type { KnowledgeAnswer } from "./knowledge/knowledgeAnswer.ts";
export { type UnansweredQuestion, unansweredQuestions } from "./knowledge/unansweredQuestions.ts";
export type { KnowledgeStatus, KnowledgeUse } from "./knowledge/knowledgeState.ts";
export { type Knowledge, openKnowledge } from "./knowledge/openKnowledge.ts";
