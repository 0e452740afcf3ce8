/** Text as HTML shows it, in an element or between the quotes of an attribute. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replaceAll(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** A number for SVG: short, and never in another notation. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
