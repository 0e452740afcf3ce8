/** What the model gets in the place of a tool's output where the tool may not run now. */

/** The caller is asked; the model has to wait for them. */
export const ASKED = JSON.stringify({
  status: "confirmation_asked",
  note:
    "Not carried out yet. The server is asking the caller right now: do not ask them yourself, and do not say that it is done. When the caller has agreed, call it again with exactly the same arguments.",
});

export const NO_ANSWER = JSON.stringify({
  status: "confirmation_asked",
  note: "Not carried out yet: the caller has not answered. Wait for them.",
});

export const DECLINED = JSON.stringify({
  error: "declined",
  note: "Not carried out: the caller has not agreed. Ask what they want instead.",
});

export const NOT_CONFIRMED = JSON.stringify({
  error: "not_confirmed",
  note:
    "Not carried out: the caller has been asked several times and has not agreed. Do not try it again. Tell them that it has not been done.",
});

export const UNASKABLE = JSON.stringify({
  error: "not_confirmed",
  note:
    "Not carried out: the question to the caller was not said in its own words. Tell them that it has not been done.",
});

export const NOT_JSON = JSON.stringify({
  error: "invalid_arguments",
  note: "Not carried out: the arguments are no JSON object.",
});

export const TOO_LONG = JSON.stringify({
  error: "invalid_arguments",
  note: "Not carried out: the arguments are too long to be read out to the caller.",
});

/** For a transfer that nobody has asked for. */
export const NO_CALLER_YET = JSON.stringify({
  error: "no_caller_turn",
  note:
    "Not carried out: the caller has not said anything yet; what an operator has written does not count. Ask them what they want first.",
});

/** For an argument that stands for nothing that a tool has offered. */
export function unknownId(name: string): string {
  return JSON.stringify({
    error: "unknown_id",
    note:
      `Not carried out, and the caller was not asked: ${name} is no id that a tool has returned in this call. Use one exactly as it was returned: no date, no time and nothing else.`,
  });
}

/** For a tool whose question could not be put to the caller. */
export function unaskable(tool: string): string {
  return `The server could not put the question about ${tool} to the caller in its own words, so it was not carried out. Tell them so.`;
}

/** For a tool that waits until the caller has heard a sentence. */
export function notHeard(text: string): string {
  return JSON.stringify({
    error: "not_heard",
    note:
      `Not carried out: the caller has to hear this first: "${text}" The server is saying it now: do not say it yourself. Call the tool again when you are told that they have heard it.`,
  });
}

export const NEVER_HEARD = JSON.stringify({
  error: "not_heard",
  note:
    "Not carried out: the caller did not hear to its end what they have to hear first, however often it was said. Tell them that it has not been done.",
});

export function heardNow(text: string, tools: readonly string[]): string {
  return `The caller has now heard: "${text}" If they still want it, call this again now: ${
    tools.join(", ")
  }.`;
}

export function neverHeard(text: string): string {
  return `The caller did not hear this to its end, however often it was said: "${text}" What depends on it was not carried out. Tell them so.`;
}
