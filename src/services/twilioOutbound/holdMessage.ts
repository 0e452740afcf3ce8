import { type AgentVoice, mainLanguage } from "../../config/agentSchema.ts";
import { type SpokenMessage, spokenMessage } from "./fallbackMessage.ts";

/** What a caller hears while the conversation cannot go on for a moment. */
export interface HoldMessages {
  /** Neutral: it is also heard after a goodbye where the call could not be ended in time. */
  readonly first: SpokenMessage;
  /** After some ten seconds more. */
  readonly further: SpokenMessage;
}

/** A conversation that cannot go on for a moment. */
export interface Hold extends HoldMessages {
  /** Named in the question how to go on: a server that has no record of an inbound call begins it anew. */
  readonly agent: string;
}

/** The sentences in the language and phone voice of an agent; in English where there are none in its language. */
export function holdMessagesOf(agent: AgentVoice = {}): HoldMessages {
  const known = sentences[new Intl.Locale(mainLanguage(agent)).language];
  // A voice of another language cannot read the text.
  const say = (text: string) =>
    known === undefined ? { text, language: "en-US" } : spokenMessage(agent, text);
  const [first, further] = known ?? english;
  return { first: say(first), further: say(further) };
}

type Sentences = readonly [first: string, further: string];

const english: Sentences = [
  "One moment, please.",
  "Please stay on the line, we will be right back.",
];

const sentences: Readonly<Record<string, Sentences>> = {
  de: ["Einen Moment bitte.", "Bitte bleiben Sie am Apparat, es geht gleich weiter."],
  en: english,
  es: ["Un momento, por favor.", "Por favor, no cuelgue, enseguida continuamos."],
  fr: ["Un instant, s'il vous plaît.", "Veuillez rester en ligne, nous reprenons tout de suite."],
  it: ["Un momento, per favore.", "Resti in linea, per favore, riprendiamo subito."],
  nl: ["Een ogenblik, alstublieft.", "Blijft u aan de lijn, we gaan zo verder."],
  pl: ["Chwileczkę, proszę.", "Proszę się nie rozłączać, zaraz wracamy do rozmowy."],
  pt: ["Um momento, por favor.", "Por favor, não desligue, já continuamos."],
};
