/** An element of XML: its name, its attributes without those that are undefined, and what it contains. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly content?: string | readonly XmlElement[];
}

/** Writes a document. Names are not checked; of texts, characters that XML does not have are left out. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${elementText(root)}`;
}

function elementText({ name, attributes = {}, content = "" }: XmlElement): string {
  const written = Object.entries(attributes).filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escaped(String(value))}"`).join("");
  const inner = typeof content === "string" ? escaped(content) : content.map(elementText).join("");
  return inner === "" ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}

/** Line breaks too, which a reader would make blanks of in attributes. */
function escaped(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex -- these are what XML does not have.
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")
    .replaceAll(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
