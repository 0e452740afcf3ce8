export type { AnalyzeRefusal, CallAnalyses } from "./analysis/openAnalysis.ts";
export { openAnalysis } from "./analysis/openAnalysis.ts";
export { type ChatEndpoint, createChatClient } from "./analysis/chatClient.ts";
export { jsonIn } from "./analysis/chatAnswer.ts";
