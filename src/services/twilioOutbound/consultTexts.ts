import { type AgentVoice, mainLanguage } from "../../config/agentSchema.ts";
import { type SpokenMessage, spokenMessage } from "./fallbackMessage.ts";

/** What a person hears who is asked to take a caller. */
export interface ConsultTexts {
  /** Before what is told of the caller. */
  readonly intro: string;
  /** How to answer. */
  readonly question: string;
  /** Where neither a yes nor a no was understood. */
  readonly again: string;
  readonly connecting: string;
  /** Where the conversation that the person is about to join is recorded. */
  readonly recorded: string;
  readonly declined: string;
  /** The caller has hung up. */
  readonly gone: string;
  /** The caller is there, and is put through to somebody else or to nobody. */
  readonly unneeded: string;
  /** Words that a recognizer is to expect. */
  readonly hints: readonly string[];
  /** The calling number, `{{number}}`. */
  readonly number: string;
  /** What the caller said, `{{words}}`. */
  readonly said: string;
}

/** The texts in the language of an agent, and how they are read; in English where there are none in its language. */
export function consultTextsOf(agent: AgentVoice = {}): {
  readonly texts: ConsultTexts;
  readonly say: (text: string) => SpokenMessage;
} {
  const known = texts[new Intl.Locale(mainLanguage(agent)).language];
  // A voice of another language cannot read the text.
  const say = (text: string) =>
    known === undefined ? { text, language: "en-US" } : spokenMessage(agent, text);
  return { texts: known ?? english, say };
}

const english: ConsultTexts = {
  hints: ["yes", "no", "take it", "put them through"],
  intro: "Hello, this is an automated assistant. I have a caller on the line for you.",
  question: "To take the call, press 1 or say yes. To decline, press 2 or say no.",
  again: "I did not get that. To take the call, press 1. To decline, press 2.",
  connecting: "Thank you. I am connecting you.",
  recorded: "Please note that this conversation is recorded.",
  declined: "All right, I will tell the caller. Goodbye.",
  gone: "The caller is no longer on the line. Thank you, goodbye.",
  unneeded: "This call is no longer needed. Thank you, goodbye.",
  number: "The call comes from {{number}}.",
  said: "The caller said: {{words}}",
};

const texts: Readonly<Record<string, ConsultTexts>> = {
  en: english,
  de: {
    hints: ["ja", "nein", "annehmen", "durchstellen"],
    intro: "Guten Tag, hier ist ein automatischer Assistent. Ich habe einen Anruf für Sie.",
    question:
      "Um das Gespräch anzunehmen, drücken Sie die 1 oder sagen Sie Ja. Um abzulehnen, drücken Sie die 2 oder sagen Sie Nein.",
    again:
      "Das habe ich nicht verstanden. Um das Gespräch anzunehmen, drücken Sie die 1. Um abzulehnen, drücken Sie die 2.",
    connecting: "Danke. Ich verbinde Sie.",
    recorded: "Bitte beachten Sie: Dieses Gespräch wird aufgezeichnet.",
    declined: "In Ordnung, ich richte es aus. Auf Wiederhören.",
    gone: "Der Anrufer ist nicht mehr in der Leitung. Vielen Dank, auf Wiederhören.",
    unneeded: "Das Gespräch wird nicht mehr gebraucht. Vielen Dank, auf Wiederhören.",
    number: "Der Anruf kommt von {{number}}.",
    said: "Gesagt wurde: {{words}}",
  },
  es: {
    hints: ["sí", "no", "páseme", "aceptar"],
    intro: "Hola, soy un asistente automático. Tengo una llamada para usted.",
    question: "Para atenderla, pulse 1 o diga sí. Para rechazarla, pulse 2 o diga no.",
    again: "No le he entendido. Para atender la llamada, pulse 1. Para rechazarla, pulse 2.",
    connecting: "Gracias. Le paso la llamada.",
    recorded: "Le informamos de que esta conversación se graba.",
    declined: "De acuerdo, se lo diré. Adiós.",
    gone: "La persona que llamaba ya no está en la línea. Gracias, adiós.",
    unneeded: "Esta llamada ya no es necesaria. Gracias, adiós.",
    number: "La llamada viene del {{number}}.",
    said: "La persona dijo: {{words}}",
  },
  fr: {
    hints: ["oui", "non", "d'accord", "passez-le-moi"],
    intro: "Bonjour, ici un assistant automatique. J'ai un appel pour vous.",
    question: "Pour prendre l'appel, tapez 1 ou dites oui. Pour le refuser, tapez 2 ou dites non.",
    again: "Je n'ai pas compris. Pour prendre l'appel, tapez 1. Pour le refuser, tapez 2.",
    connecting: "Merci. Je vous mets en relation.",
    recorded: "Veuillez noter que cette conversation est enregistrée.",
    declined: "Très bien, je le dirai. Au revoir.",
    gone: "La personne n'est plus en ligne. Merci, au revoir.",
    unneeded: "Cet appel n'est plus nécessaire. Merci, au revoir.",
    number: "L'appel vient du {{number}}.",
    said: "La personne a dit : {{words}}",
  },
  it: {
    hints: ["sì", "no", "va bene", "accetto"],
    intro: "Buongiorno, sono un assistente automatico. Ho una chiamata per lei.",
    question: "Per accettarla, prema 1 o dica sì. Per rifiutarla, prema 2 o dica no.",
    again: "Non ho capito. Per accettare la chiamata, prema 1. Per rifiutarla, prema 2.",
    connecting: "Grazie. La metto in contatto.",
    recorded: "La informiamo che questa conversazione viene registrata.",
    declined: "Va bene, lo riferirò. Arrivederci.",
    gone: "La persona non è più in linea. Grazie, arrivederci.",
    unneeded: "Questa chiamata non è più necessaria. Grazie, arrivederci.",
    number: "La chiamata viene da {{number}}.",
    said: "La persona ha detto: {{words}}",
  },
  nl: {
    hints: ["ja", "nee", "verbind maar door"],
    intro: "Hallo, dit is een automatische assistent. Ik heb een beller voor u aan de lijn.",
    question: "Om het gesprek aan te nemen, toets 1 of zeg ja. Om te weigeren, toets 2 of zeg nee.",
    again: "Dat heb ik niet begrepen. Om aan te nemen, toets 1. Om te weigeren, toets 2.",
    connecting: "Dank u. Ik verbind u door.",
    recorded: "Let op: dit gesprek wordt opgenomen.",
    declined: "Goed, ik zal het doorgeven. Tot ziens.",
    gone: "De beller is niet meer aan de lijn. Dank u, tot ziens.",
    unneeded: "Dit gesprek is niet meer nodig. Dank u, tot ziens.",
    number: "De oproep komt van {{number}}.",
    said: "De beller zei: {{words}}",
  },
  pl: {
    hints: ["tak", "nie", "odbieram", "proszę łączyć"],
    intro: "Dzień dobry, tu automatyczny asystent. Mam dla Pana lub Pani rozmowę.",
    question:
      "Aby odebrać, proszę nacisnąć 1 lub powiedzieć tak. Aby odmówić, proszę nacisnąć 2 lub powiedzieć nie.",
    again: "Nie zrozumiałem. Aby odebrać, proszę nacisnąć 1. Aby odmówić, proszę nacisnąć 2.",
    connecting: "Dziękuję. Łączę.",
    recorded: "Informujemy, że ta rozmowa jest nagrywana.",
    declined: "Dobrze, przekażę. Do widzenia.",
    gone: "Rozmówcy nie ma już na linii. Dziękuję, do widzenia.",
    unneeded: "Ta rozmowa nie jest już potrzebna. Dziękuję, do widzenia.",
    number: "Połączenie z numeru {{number}}.",
    said: "Rozmówca powiedział: {{words}}",
  },
  pt: {
    hints: ["sim", "não", "pode passar", "aceito"],
    intro: "Olá, fala um assistente automático. Tenho uma chamada para si.",
    question: "Para atender, prima 1 ou diga sim. Para recusar, prima 2 ou diga não.",
    again: "Não percebi. Para atender a chamada, prima 1. Para recusar, prima 2.",
    connecting: "Obrigado. Vou ligar.",
    recorded: "Informamos que esta conversa é gravada.",
    declined: "Está bem, vou dizer. Adeus.",
    gone: "A pessoa já não está em linha. Obrigado, adeus.",
    unneeded: "Esta chamada já não é necessária. Obrigado, adeus.",
    number: "A chamada vem do {{number}}.",
    said: "A pessoa disse: {{words}}",
  },
};
