/** The values of `{{variables}}`. */
export type TemplateValues = Readonly<Record<string, string | undefined>>;

/** Replaces `{{names}}` by their values; a name without a value by nothing. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(
    /\{\{\s*([A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}/g,
    (_, name: string) => Object.hasOwn(values, name) ? sanitize(values[name] ?? "") : "",
  );
}

/** Whether a template contains a variable. */
export function mentions(template: string, name: string): boolean {
  return new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(template);
}

/** Whether a template contains any variable. */
export function hasVariables(template: string): boolean {
  return /\{\{\s*[A-Za-z][A-Za-z0-9_]{0,63}\s*\}\}/.test(template);
}

/** Values are untrusted: removes control characters, Markdown headings, fences and braces, and bounds the length. */
function sanitize(value: string): string {
  return value.slice(0, MAX_VALUE_LENGTH)
    .replace(
      /[\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]+/gu,
      " ",
    )
    .replace(/`{3,}|#{2,}|-{3,}|\{\{|\}\}/g, " ")
    .replace(/ {2,}/g, " ").trim();
}

const MAX_VALUE_LENGTH = 4000;
