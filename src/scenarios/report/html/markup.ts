/** Text as HTML shows it, in an element or between the quotes of an attribute. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replaceAll(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  ).replaceAll("\0", "\ufffd");
}

/** Text that others may have written, in its own direction: it does not turn around what stands beside it. */
export function foreign(text: string, name = "span"): string {
  return `<${name} dir="auto">${escapeHtml(text)}</${name}>`;
}

/** A number for SVG: short, and never in another notation. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A place in a call, such as 1:02.5. */
export function clockTime(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  const seconds = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  return `${Math.floor(tenths / 600)}:${seconds}.${tenths % 10}`;
}
