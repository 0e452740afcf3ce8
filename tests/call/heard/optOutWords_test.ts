import assert from "node:assert/strict";
import { optOutIn } from "../../../src/call/heard/optOutWords.ts";

const OPT_OUTS = {
  en: [
    "Stop calling me.",
    "Please stop calling this number!",
    "Hello? Can you please stop calling me?",
    "Take me off your list.",
    "Look, take me off the list please.",
    "Remove my number from your calling list, thanks.",
    "Don't call me again.",
    "Do not ever call me again.",
    "Don't call here anymore.",
    "I don't want any more calls from you.",
    "No more calls, please.",
    "Put me on your do not call list.",
    "I'd like to opt out.",
    "Unsubscribe me.",
    "I said stop calling.",
    "Lose my number.",
    "You guys need to stop calling me.",
    "Quit calling me!",
    "Please remove my number.",
    "I want to be removed from your list.",
    "I no longer want to be called.",
  ],
  de: [
    "Rufen Sie mich nicht mehr an.",
    "Bitte rufen Sie mich nie wieder an!",
    "Ruft mich nicht mehr an.",
    "Hören Sie auf, mich anzurufen.",
    "Streichen Sie mich bitte von Ihrer Liste.",
    "Nehmen Sie mich von der Liste.",
    "Ich möchte nicht mehr angerufen werden.",
    "Ich will keine Anrufe mehr.",
    "Bitte nicht mehr anrufen.",
  ],
  es: [
    "No me llame más.",
    "Por favor, no me vuelvan a llamar.",
    "Deje de llamarme.",
    "Quíteme de su lista.",
    "Bórreme de la lista, por favor.",
    "No quiero recibir más llamadas.",
  ],
  fr: [
    "Ne m'appelez plus.",
    "Arrêtez de m'appeler !",
    "Retirez-moi de votre liste.",
    "Je ne veux plus être appelé.",
    "Ne me rappelez plus jamais.",
    "Je ne veux plus recevoir d'appels.",
  ],
  it: [
    "Non mi chiami più.",
    "Non chiamatemi mai più.",
    "Smettetela di chiamarmi!",
    "Mi tolga dalla lista.",
    "Cancellatemi dalla vostra lista, per favore.",
    "Non voglio più ricevere chiamate.",
  ],
  nl: [
    "Bel me niet meer.",
    "Belt u mij nooit meer op.",
    "Stop met bellen.",
    "Haal me van de lijst.",
    "Ik wil niet meer gebeld worden.",
  ],
  pt: [
    "Não me ligue mais.",
    "Por favor, não liguem para mim mais.",
    "Parem de me ligar.",
    "Me tire da lista.",
    "Retire o meu número da sua lista.",
    "Não quero receber mais ligações.",
  ],
  pl: [
    "Proszę do mnie więcej nie dzwonić.",
    "Proszę nie dzwonić do mnie więcej.",
    "Przestańcie do mnie dzwonić!",
    "Proszę mnie usunąć z listy.",
    "Proszę wykreślić mnie z waszej listy.",
  ],
} as const;

const OTHERS = [
  "Don't stop calling me.",
  "Please don't stop.",
  "I need to stop calling them.",
  "My wife says stop calling me.",
  "Don't call me before five.",
  "Please call me again tomorrow.",
  "Don't stop calling me, I like it.",
  "I never said stop calling me.",
  "Stop calling me Bob.",
  "Can you take me off hold?",
  "Take me off the speaker.",
  "Please remove the blue one from my shopping list.",
  "Is there a way to opt out of the newsletter and keep the calls?",
  "Why did you stop calling?",
  "My sister said you should stop calling her husband names.",
  "If I am busy, don't call again until Monday.",
  "Please don't call me at work.",
  "Do not call me on Sundays.",
  "How do I get on the do not call list?",
  "Rufen Sie mich bitte morgen wieder an.",
  "Rufen Sie mich nicht vor neun an.",
  "Ich kann Sie nicht mehr hören.",
  "No me llame antes de las diez.",
  "Llámeme más tarde.",
  "Ne m'appelez pas le matin.",
  "Rappelez-moi plus tard.",
  "Non mi chiami prima delle nove.",
  "Bel me morgen.",
  "Ligue para mim amanhã, por favor.",
  "Proszę zadzwonić jutro.",
  "No.",
  "Not interested.",
  "Stop.",
  "",
];

for (const [language, sentences] of Object.entries(OPT_OUTS)) {
  Deno.test(`who wants no more calls is understood in ${language}`, () => {
    assert.deepEqual(sentences.filter((sentence) => optOutIn(sentence) === undefined), []);
  });
}

Deno.test("who wants something else is not taken off the list", () => {
  assert.deepEqual(OTHERS.filter((sentence) => optOutIn(sentence) !== undefined), []);
});

Deno.test("the words are those of the clause that says it", () => {
  assert.equal(
    optOutIn("I have told you three times, please stop calling me! It is 1234."),
    "please stop calling me",
  );
  assert.equal(optOutIn(`${"so ".repeat(200)}stop calling me`), undefined);
});

Deno.test("no text makes the search long", () => {
  const began = performance.now();
  for (const word of ["please ", "stop calling me ", "nie wiecej ", "no me ", "bitte nicht "]) {
    optOutIn(word.repeat(10_000));
    for (let count = 1; count * word.length <= 200; count++) optOutIn(word.repeat(count) + "x");
  }
  assert.ok(performance.now() - began < 500);
});
