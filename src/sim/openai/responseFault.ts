/** Faults of one response to the conversation, the next one. */
export const responseFaults = [
  /** It begins, and produces nothing until it is cancelled. */
  "stuckResponse",
  /** It stops in the middle of a sentence, and does not end until it is cancelled. */
  "stuckMidSentence",
  /** It fails in the middle of a sentence. */
  "failMidSentence",
  /** It completes with nothing in it. */
  "emptyResponse",
  /** It is written and not spoken. */
  "textOnly",
] as const;

export type ResponseFault = (typeof responseFaults)[number];

/** Where in a sentence a response stops that does so in the middle. */
export const middleMs = 600;

/** Errors of failed responses, in the words of the real server. */
export const failures = {
  rateLimit: {
    type: "rate_limit_exceeded",
    code: "rate_limit_exceeded",
    message: "Rate limit reached for the model on tokens per min. Please try again in 1s.",
  },
  serverError: {
    type: "server_error",
    code: "server_error",
    message: "The server had an error while processing your request.",
  },
  insufficientQuota: {
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
};
