import type { SimulatedPerson } from "./simulatedPerson.ts";

/** The page on which one of the people is chosen; `query` is that of the request, which the choice sends again. */
export function choicePage(people: readonly SimulatedPerson[], query: URLSearchParams): string {
  const fields = [...query].map(([name, value]) =>
    `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`
  ).join("");
  const buttons = people.map(({ subject, name, email = "no address" }) =>
    `<p><button name="person" value="${escape(subject)}">${escape(name)} (${
      escape(email)
    })</button></p>`
  ).join("");
  return page(
    "Sign in",
    `<form method="post">${fields}${buttons}<p><button name="person" value="">Cancel</button></p></form>`,
  );
}

/** A page with one sentence, and a link where there is one. */
export function sentencePage(sentence: string, link?: string): string {
  const rest = link === undefined ? "" : `<p><a href="${escape(link)}">Go on</a></p>`;
  return page(sentence, rest);
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated provider</title><h1>${
    escape(title)
  }</h1>${content}</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
