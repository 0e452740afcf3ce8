import { type AgentVoice, mainLanguage } from "../../config/agentSchema.ts";
import { type SpokenMessage, spokenMessage } from "./fallbackMessage.ts";

/** What a caller hears outside an agent's hours: `text`, or a sentence in its language. */
export function closedMessageOf(agent: AgentVoice, text?: string): SpokenMessage {
  if (text !== undefined) return spokenMessage(agent, text);
  return sentenceOf(agent, 0);
}

/** What a caller hears who has left a message. */
export function recordedMessageOf(agent: AgentVoice): SpokenMessage {
  return sentenceOf(agent, 1);
}

function sentenceOf(agent: AgentVoice, which: 0 | 1): SpokenMessage {
  const known = sentences[new Intl.Locale(mainLanguage(agent)).language];
  // A voice of another language cannot read the text.
  return known === undefined
    ? { text: english[which], language: "en-US" }
    : spokenMessage(agent, known[which]);
}

type Sentences = readonly [closed: string, recorded: string];

const english: Sentences = [
  "We are closed at the moment. Please call again during our opening hours. Goodbye.",
  "Thank you for your message. Goodbye.",
];

const sentences: Readonly<Record<string, Sentences>> = {
  de: [
    "Wir haben gerade geschlossen. Bitte rufen Sie während unserer Öffnungszeiten wieder an. Auf Wiederhören.",
    "Vielen Dank für Ihre Nachricht. Auf Wiederhören.",
  ],
  en: english,
  es: [
    "En este momento estamos cerrados. Por favor, llame de nuevo en nuestro horario de atención. Adiós.",
    "Gracias por su mensaje. Adiós.",
  ],
  fr: [
    "Nous sommes actuellement fermés. Veuillez rappeler pendant nos heures d'ouverture. Au revoir.",
    "Merci pour votre message. Au revoir.",
  ],
  it: [
    "In questo momento siamo chiusi. La preghiamo di richiamare durante i nostri orari di apertura. Arrivederci.",
    "Grazie per il suo messaggio. Arrivederci.",
  ],
  nl: [
    "We zijn op dit moment gesloten. Belt u alstublieft terug tijdens onze openingstijden. Tot ziens.",
    "Bedankt voor uw bericht. Tot ziens.",
  ],
  pl: [
    "W tej chwili jesteśmy nieczynni. Prosimy zadzwonić w godzinach otwarcia. Do widzenia.",
    "Dziękujemy za wiadomość. Do widzenia.",
  ],
  pt: [
    "Neste momento estamos fechados. Por favor, volte a ligar durante o nosso horário. Adeus.",
    "Obrigado pela sua mensagem. Adeus.",
  ],
};
