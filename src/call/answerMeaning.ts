/** What the words of an answer mean: used for people who are asked by phone as well as for callers. */
export { type CallerAnswer, callerAnswer } from "./heard/callerAnswer.ts";
