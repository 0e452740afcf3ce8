/** What `{{variables}}` stand for. */
export type TemplateValues = Readonly<Record<string, string | undefined>>;

/** Puts values in the place of `{{names}}`; a name without a value leaves nothing behind. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(
    /\{\{\s*([A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}/g,
    (_, name: string) => Object.hasOwn(values, name) ? tame(values[name] ?? "") : "",
  );
}

/** Whether a template asks for a variable. */
export function mentions(template: string, name: string): boolean {
  return new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(template);
}

/** Values come from strangers: no control characters, no headings or fences of their own, no end of text. */
function tame(value: string): string {
  return value.slice(0, MAX_VALUE_LENGTH)
    .replace(
      /[\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]+/gu,
      " ",
    )
    .replace(/`{3,}|#{2,}|-{3,}|\{\{|\}\}/g, " ")
    .replace(/ {2,}/g, " ").trim();
}

const MAX_VALUE_LENGTH = 4000;
