import assert from "node:assert/strict";
import { callerAnswer } from "../../../src/call/heard/callerAnswer.ts";

const turkish = { yes: ["evet", "tamam"], no: ["hayır", "tamam değil"], unclear: ["ama"] };
const czech = { yes: ["ano", "no ano"], no: ["ne"] };
const hindi = { yes: ["हाँ", "जी हाँ"], no: ["नहीं"] };
const japanese = { yes: ["はい", "はいお願いします"], no: ["いいえ"] };
const english = { yes: ["book it", "not at all"], no: ["later"] };

for (
  const [language, own, text, answer] of [
    ["tr", turkish, "EVET!", "yes"],
    ["tr", turkish, "Evet, lütfen.", "yes"],
    ["tr", turkish, "Evet ama yarın.", "unclear"],
    ["tr", turkish, "Tamam değil.", "no"],
    ["tr", turkish, "HAYIR", "no"],
    ["tr", turkish, "Evet, hayır.", "no"],
    ["tr", turkish, "Yes, please.", "yes"],
    ["tr", turkish, "Yarın.", "unclear"],
    ["tr", turkish, "Evet?", "unclear"],
    ["cs", czech, "No ano.", "yes"],
    ["cs", czech, "Ne, ano.", "no"],
    // What stands beside the yes is not known, and could be a condition.
    ["cs", czech, "Ano, zítra.", "unclear"],
    ["cs", czech, "Ano, ano!", "yes"],
    ["cs", czech, "Ja.", "unclear"],
    ["hi", hindi, "जी हाँ", "yes"],
    // The same consonant with another vowel.
    ["hi", hindi, "है", "unclear"],
    ["hi", hindi, "नहीं", "no"],
    ["ja", japanese, "はい、お願いします。", "unclear"],
    ["ja", japanese, "はいお願いします", "yes"],
    ["en", english, "Book it.", "yes"],
    ["en", english, "Don't book it.", "no"],
    ["en", english, "Not at all!", "yes"],
    ["en", english, "Yes, later.", "no"],
    ["en", english, "Yes, but at ten.", "unclear"],
  ] as const
) {
  Deno.test(`${language}: "${text}" is ${answer} in an operator's words`, () => {
    assert.equal(callerAnswer(text, [language], own), answer);
  });
}

for (
  const [language, asked, text, answer] of [
    ["en", "Shall I cancel  for you?", "Yes, please cancel it.", "yes"],
    ["en", "cancel appointment", "Yes, cancel it, please.", "yes"],
    ["en", "Shall I stop the delivery?", "Yes, stop it.", "yes"],
    ["en", "Shall I cancel  for you?", "Cancel it.", "unclear"],
    ["en", "Shall I cancel  for you?", "No, do not cancel it.", "no"],
    ["en", "Shall I cancel  for you?", "Yes, no, stop.", "no"],
    ["en", "Shall I book  for you?", "Yes, no, cancel that.", "no"],
    ["en", "Shall I book  for you?", "Okay, cancel that.", "no"],
    ["de", "Soll ich den Termin stornieren?", "Ja, bitte stornieren.", "yes"],
    ["de", "Soll ich den Termin stornieren?", "Nein, nicht stornieren.", "no"],
    ["it", "Devo annullare l'appuntamento?", "Sì, lo annulli.", "yes"],
    ["pl", "Czy mam anulować wizytę?", "Tak, anuluj.", "yes"],
  ] as const
) {
  Deno.test(`${language}: "${text}" to "${asked}" is ${answer}`, () => {
    assert.equal(callerAnswer(text, [language], {}, asked), answer);
  });
}
