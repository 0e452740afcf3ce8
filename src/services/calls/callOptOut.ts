import type { CallPolicy, CallRequest } from "../../call/types.ts";
import { mainLanguage } from "../../config/agentSchema.ts";
import type { Agent } from "../../config/agents.ts";
import { fillTemplate, type TemplateValues } from "../../config/template.ts";
import { present } from "../../utils/present.ts";

/** How the person who is called can end all calls from here; undefined where the agent's file has no rules. */
export function callOptOut(
  agent: Agent,
  request: CallRequest,
  { opening = [], values }: {
    readonly opening?: CallPolicy["opening"];
    readonly values: TemplateValues;
  },
): CallPolicy["optOut"] {
  const options = agent.outbound?.opt_out ?? "off";
  if (request.direction !== "outbound" || options === "off") return undefined;
  const isOffered = opening.some(({ name, text }) =>
    name === "disclosure" && /(^|\D)9(\D|$)/.test(text)
  );
  const key = options.key ?? (isOffered ? DEFAULT_KEY : undefined);
  const sentence = options.sentence ?? SENTENCES[baseOf(mainLanguage(agent))] ?? ENGLISH;
  return { sentence: fillTemplate(sentence, values), ...present({ key }) };
}

/** A key that the person was told of, and that nobody else asks for by itself. */
const DEFAULT_KEY = "9";

const ENGLISH = "I have taken you off our list. You will get no more calls from us. Goodbye.";

const SENTENCES: Readonly<Record<string, string>> = {
  de:
    "Ich habe Sie von unserer Liste genommen. Sie bekommen keine Anrufe mehr von uns. Auf Wiederhören.",
  es: "Le he quitado de nuestra lista. No recibirá más llamadas nuestras. Adiós.",
  fr: "Je vous ai retiré de notre liste. Vous ne recevrez plus d'appels de notre part. Au revoir.",
  it: "L'ho tolta dalla nostra lista. Non riceverà più chiamate da noi. Arrivederci.",
  nl: "Ik heb u van onze lijst gehaald. U krijgt geen telefoontjes meer van ons. Tot ziens.",
  pt: "Retirei o seu número da nossa lista. Não receberá mais chamadas nossas. Adeus.",
  pl: "Usunąłem Państwa numer z naszej listy. Nie będziemy więcej dzwonić. Do widzenia.",
};

function baseOf(language: string): string {
  return new Intl.Locale(language).language;
}
