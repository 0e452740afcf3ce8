/** An element of XML. Attributes that are undefined are left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly content?: string | readonly XmlElement[];
}

/**
 * Writes a document. Names are not checked. Control characters and others that XML 1.0 cannot hold are left
 * out of texts and attributes; half a surrogate pair becomes U+FFFD.
 */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${elementText(root)}`;
}

function elementText({ name, attributes = {}, content = "" }: XmlElement): string {
  const written = Object.entries(attributes).filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escaped(String(value))}"`).join("");
  const inner = typeof content === "string" ? escaped(content) : content.map(elementText).join("");
  return inner === "" ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}

/** Escapes tabs and line breaks too: a reader turns them into blanks in attributes, and CR into LF in texts. */
function escaped(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex -- XML does not have these.
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")
    .replaceAll(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
