/** People who callers are put through to: their numbers, and what they do when they are called. */

export const mia = "+14155550199";
export const ben = "+14155550198";
export const human = { answer: "human", afterMs: 50, talkMs: 600_000 } as const;
