import { type AgentVoice, mainLanguage } from "../../config/agentSchema.ts";
import { present } from "../../utils/present.ts";

/** A sentence that the phone network says in a voice of its own. */
export interface SpokenMessage {
  readonly text: string;
  /** As the phone network spells it, such as `de-DE`. */
  readonly language: string;
  /** The network's own choice for the language where it is absent. */
  readonly voice?: string;
}

/** A text of the agent's own, said in its place. */
export function spokenMessage(agent: AgentVoice, text: string): SpokenMessage {
  const { phone_voice: voice } = agent;
  const language = networkLanguage(mainLanguage(agent));
  return { text, language, ...present({ voice }) };
}

/** What a caller hears when the agent cannot speak: the agent's own sentence, or one in its language. */
export function fallbackMessageOf(agent: AgentVoice = {}): SpokenMessage {
  const { language } = new Intl.Locale(mainLanguage(agent));
  const known = agent.apology ?? sentences[language];
  // A text is not read out by the voice of another language.
  return known === undefined ? { text: english, language: "en-US" } : spokenMessage(agent, known);
}

/** What a caller hears whom nobody took after the agent: busy, no answer, or a number that fails. */
export function noAnswerMessageOf(agent: AgentVoice = {}): SpokenMessage {
  const known = nobodyThere[new Intl.Locale(mainLanguage(agent)).language];
  return known === undefined ? fallbackMessageOf(agent) : spokenMessage(agent, known);
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

const nobodyThere: Readonly<Record<string, string>> = {
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

/** Twilio wants a region with every language. */
function networkLanguage(code: string): string {
  const { language, region } = new Intl.Locale(code).maximize();
  const likely = `${language}-${region}`;
  return otherNames[likely] ?? likely;
}

const otherNames: Readonly<Record<string, string>> = { "ar-EG": "ar-AE", "no-NO": "nb-NO" };
