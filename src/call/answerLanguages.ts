/** The languages in which callers are asked for a yes, and in which a yes and a no are known. */
export const ANSWER_LANGUAGES = ["en", "de", "es", "fr", "it", "nl", "pt", "pl"] as const;

export type AnswerLanguage = (typeof ANSWER_LANGUAGES)[number];

/** Of a code such as `de-AT`; undefined for a language that has no words here. */
export function answerLanguage(code: string): AnswerLanguage | undefined {
  const base = code.split("-", 1)[0];
  return ANSWER_LANGUAGES.find((language) => language === base);
}
