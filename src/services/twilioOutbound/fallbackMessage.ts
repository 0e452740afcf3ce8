import { type AgentVoice, mainLanguage } from "../../config/agentSchema.ts";
import { present } from "../../utils/present.ts";

/** A text that Twilio reads out (`<Say>`). */
export interface SpokenMessage {
  readonly text: string;
  /** As Twilio spells it, such as `de-DE`. */
  readonly language: string;
  /** Absent: Twilio's default voice of the language. */
  readonly voice?: string;
}

/** A text in the language and phone voice of an agent. */
export function spokenMessage(agent: AgentVoice, text: string): SpokenMessage {
  const { phone_voice: voice } = agent;
  const language = twilioLanguage(mainLanguage(agent));
  return { text, language, ...present({ voice }) };
}

/** What a caller hears when the agent cannot speak: the agent's `apology`, or a sentence in its language. */
export function fallbackMessageOf(agent: AgentVoice = {}): SpokenMessage {
  const { language } = new Intl.Locale(mainLanguage(agent));
  const known = agent.apology ?? sentences[language];
  // A voice of another language cannot read the text.
  return known === undefined ? { text: english, language: "en-US" } : spokenMessage(agent, known);
}

/** What a caller hears when a transfer fails: busy, no answer, or an invalid number. */
export function noAnswerMessageOf(agent: AgentVoice = {}): SpokenMessage {
  const known = noAnswer[new Intl.Locale(mainLanguage(agent)).language];
  return known === undefined ? fallbackMessageOf(agent) : spokenMessage(agent, known);
}

/** What a caller hears when the agent has failed, before the fallback number is dialled. */
export function handOnMessageOf(agent: AgentVoice = {}): SpokenMessage {
  const { language } = new Intl.Locale(mainLanguage(agent));
  const known = agent.fallback?.sentence ?? handOn[language];
  // A voice of another language cannot read the text.
  return known === undefined ? { text: handOn.en, language: "en-US" } : spokenMessage(agent, known);
}

const english = "We are sorry, there is a technical problem. Please call again later. Goodbye.";

const sentences: Readonly<Record<string, string>> = {
  de:
    "Es tut uns leid, wir haben gerade ein technisches Problem. Bitte rufen Sie später noch einmal an. Auf Wiederhören.",
  en: english,
  es: "Lo sentimos, tenemos un problema técnico. Por favor, vuelva a llamar más tarde. Adiós.",
  fr:
    "Nous sommes désolés, nous rencontrons un problème technique. Veuillez rappeler plus tard. Au revoir.",
  it:
    "Siamo spiacenti, c'è un problema tecnico. La preghiamo di richiamare più tardi. Arrivederci.",
  nl: "Het spijt ons, er is een technisch probleem. Belt u later nog eens terug. Tot ziens.",
  pl: "Przepraszamy, mamy problem techniczny. Prosimy zadzwonić później. Do widzenia.",
  pt: "Pedimos desculpa, temos um problema técnico. Por favor, volte a ligar mais tarde. Adeus.",
};

const handOn: Readonly<Record<string, string>> & { readonly en: string } = {
  de: "Wir haben gerade ein technisches Problem. Einen Moment bitte, ich verbinde Sie weiter.",
  en: "We have a technical problem. One moment please, I am connecting you to somebody else.",
  es: "Tenemos un problema técnico. Un momento, por favor, le paso con otra persona.",
  fr:
    "Nous rencontrons un problème technique. Un instant, s'il vous plaît, je vous mets en relation avec quelqu'un d'autre.",
  it: "C'è un problema tecnico. Un momento, per favore, la metto in contatto con un'altra persona.",
  nl: "Er is een technisch probleem. Een moment alstublieft, ik verbind u door.",
  pl: "Mamy problem techniczny. Proszę chwilę zaczekać, łączę z inną osobą.",
  pt: "Temos um problema técnico. Um momento, por favor, vou passar a chamada a outra pessoa.",
};

const noAnswer: Readonly<Record<string, string>> = {
  de:
    "Es tut uns leid, gerade konnte niemand Ihren Anruf annehmen. Bitte rufen Sie später noch einmal an. Auf Wiederhören.",
  en: "We are sorry, nobody could take your call just now. Please call again later. Goodbye.",
  es:
    "Lo sentimos, nadie ha podido atender su llamada. Por favor, vuelva a llamar más tarde. Adiós.",
  fr:
    "Nous sommes désolés, personne n'a pu prendre votre appel. Veuillez rappeler plus tard. Au revoir.",
  it:
    "Siamo spiacenti, nessuno ha potuto rispondere. La preghiamo di richiamare più tardi. Arrivederci.",
  nl: "Het spijt ons, niemand kon uw gesprek aannemen. Belt u later nog eens terug. Tot ziens.",
  pl: "Przepraszamy, nikt nie mógł odebrać połączenia. Prosimy zadzwonić później. Do widzenia.",
  pt:
    "Pedimos desculpa, ninguém pôde atender a sua chamada. Por favor, volte a ligar mais tarde. Adeus.",
};

/** Twilio requires a region with every language. */
function twilioLanguage(code: string): string {
  const { language, region } = new Intl.Locale(code).maximize();
  const likely = `${language}-${region}`;
  return otherNames[likely] ?? likely;
}

const otherNames: Readonly<Record<string, string>> = { "ar-EG": "ar-AE", "no-NO": "nb-NO" };
