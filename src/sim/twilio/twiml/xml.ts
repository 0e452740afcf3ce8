/** An XML element: attributes by name, and children in order, text among them. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

/** A document that is not well-formed, with the place where reading stopped. */
export class XmlError extends Error {
  override readonly name = "XmlError";
  constructor(state: string, readonly offset: number) {
    super(`Cannot read XML: ${state} at character ${offset}`);
  }
}

/** Reads one element with its prolog: no document types, no namespaces, every reference known. */
export function readXml(text: string): XmlElement {
  const reader = new Reader(text);
  reader.skipBetween();
  const root = reader.element(0);
  reader.skipBetween();
  if (!reader.atEnd) throw reader.error("text after the root element");
  return root;
}

const maxDepth = 20;
const namePattern = /[A-Za-z_][\w.:-]*/y;
const spacePattern = /\s*/y;
const entities = new Map([["amp", "&"], ["lt", "<"], ["gt", ">"], ["quot", '"'], ["apos", "'"]]);

class Reader {
  #at: number;

  constructor(readonly text: string) {
    this.#at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  error(state: string): XmlError {
    return new XmlError(state, this.#at);
  }

  skipBetween(): void {
    while (true) {
      this.#match(spacePattern);
      if (this.#takes("<?")) this.#until("?>", "an open processing instruction");
      else if (this.#takes("<!--")) this.#until("-->", "an open comment");
      else return;
    }
  }

  element(depth: number): XmlElement {
    if (depth > maxDepth) throw this.error("elements nested too deep");
    if (!this.#takes("<")) throw this.error("no element where one is needed");
    const name = this.#name();
    const attributes = this.#attributes();
    if (this.#takes("/>")) return { name, attributes, children: [] };
    if (!this.#takes(">")) throw this.error(`an open tag <${name}`);
    return { name, attributes, children: this.#children(name, depth) };
  }

  #attributes(): Map<string, string> {
    const attributes = new Map<string, string>();
    while (true) {
      const spaced = this.#match(spacePattern) !== "";
      const next = this.text[this.#at];
      if (next === ">" || next === "/" || next === undefined) return attributes;
      if (!spaced) throw this.error("no space before an attribute");
      const name = this.#name();
      this.#match(spacePattern);
      if (!this.#takes("=")) throw this.error(`attribute ${name} without a value`);
      this.#match(spacePattern);
      const quote = this.text[this.#at];
      if (quote !== '"' && quote !== "'") throw this.error(`attribute ${name} without quotes`);
      this.#at++;
      const value = this.#until(quote, `attribute ${name} left open`);
      if (value.includes("<")) throw this.error(`a raw < in attribute ${name}`);
      if (attributes.has(name)) throw this.error(`attribute ${name} given twice`);
      attributes.set(name, this.#unescape(value));
    }
  }

  #children(name: string, depth: number): (XmlElement | string)[] {
    const children: (XmlElement | string)[] = [];
    while (true) {
      const start = this.#at;
      const open = this.text.indexOf("<", start);
      if (open < 0) throw this.error(`<${name}> never closed`);
      this.#at = open;
      if (open > start) children.push(this.#unescape(this.text.slice(start, open)));
      if (this.#takes("<!--")) this.#until("-->", "an open comment");
      else if (this.#takes("<![CDATA[")) children.push(this.#until("]]>", "an open CDATA section"));
      else if (this.#takes("</")) {
        const closing = this.#name();
        this.#match(spacePattern);
        if (closing !== name) throw this.error(`<${name}> closed by </${closing}>`);
        if (!this.#takes(">")) throw this.error(`an open tag </${name}`);
        return children;
      } else children.push(this.element(depth + 1));
    }
  }

  #unescape(raw: string): string {
    return raw.replace(/&([^;&\s]{1,10};)?/g, (_, reference: string | undefined) => {
      const text = reference === undefined ? undefined : characterOf(reference.slice(0, -1));
      if (text === undefined) throw this.error("a raw & or an unknown reference");
      return text;
    });
  }

  #name(): string {
    const name = this.#match(namePattern);
    if (name === "") throw this.error("no name where one is needed");
    return name;
  }

  #takes(token: string): boolean {
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #until(token: string, otherwise: string): string {
    const end = this.text.indexOf(token, this.#at);
    if (end < 0) throw this.error(otherwise);
    const taken = this.text.slice(this.#at, end);
    this.#at = end + token.length;
    return taken;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text)?.[0] ?? "";
    this.#at += match.length;
    return match;
  }
}

function characterOf(reference: string): string | undefined {
  if (!reference.startsWith("#")) return entities.get(reference);
  const code = reference[1] === "x"
    ? parseInt(/^#x[\da-f]+$/i.test(reference) ? reference.slice(2) : "", 16)
    : parseInt(/^#\d+$/.test(reference) ? reference.slice(1) : "", 10);
  const valid = code === 9 || code === 10 || code === 13 || (code >= 32 && code <= 0x10ffff);
  return valid ? String.fromCodePoint(code) : undefined;
}
