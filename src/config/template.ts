/** The values of `{{variables}}`. */
export type TemplateValues = Readonly<Record<string, string | undefined>>;

/** Replaces `{{names}}` by their values, whatever the case of their letters; a name without a value by nothing. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(
    /\{\{\s*([A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}/g,
    (_, name: string) => {
      const given = nameAmong(Object.keys(values), name);
      return given === undefined ? "" : sanitize(values[given] ?? "");
    },
  );
}

/** The one of these names that a variable is filled by: itself, or else the only one that differs in case alone. */
export function nameAmong(names: readonly string[], name: string): string | undefined {
  if (names.includes(name)) return name;
  const plain = name.toLowerCase();
  const alike = names.filter((each) => each.toLowerCase() === plain);
  return alike.length === 1 ? alike[0] : undefined;
}

/** The variables of a template, each once. */
export function variablesOf(template: string): readonly string[] {
  const found = template.matchAll(/\{\{\s*([A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}/g);
  return [...new Set([...found].flatMap(([, name]) => name ?? []))];
}

/** Whether a template contains a variable. */
export function mentions(template: string, name: string): boolean {
  return new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(template);
}

/** Whether a template contains any variable. */
export function hasVariables(template: string): boolean {
  return /\{\{\s*[A-Za-z][A-Za-z0-9_]{0,63}\s*\}\}/.test(template);
}

/**
 * A value as it stands in texts. Values are untrusted: in one line, without control characters, marks of the
 * direction of writing, Markdown headings, fences and braces, and of bounded length.
 */
export function sanitize(value: string): string {
  return value.slice(0, MAX_VALUE_LENGTH)
    .replace(
      /[\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]+/gu,
      " ",
    )
    .replace(/`{3,}|#{2,}|-{3,}|\{\{|\}\}/g, " ")
    .replace(/ {2,}/g, " ").trim();
}

const MAX_VALUE_LENGTH = 4000;
