import { SaxesParser } from "saxes";

/** An XML element: attributes by name, and children in order, text among them. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

/** Reads the root element. Throws where the XML is malformed, has a document type or is too deep. */
export function readXml(text: string): XmlElement {
  const parser = new SaxesParser();
  const document: OpenElement = { name: "", attributes: {}, children: [] };
  const open = [document];
  const append = (text: string) => void open.at(-1)?.children.push(text);
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => parser.fail("a document type is not allowed"));
  parser.on("text", append);
  parser.on("cdata", append);
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length > maxLevels) parser.fail("elements nest too deep");
    const element = { name, attributes, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  parser.write(text).close();
  const root = document.children.find((child) => typeof child !== "string");
  if (root === undefined) throw new SyntaxError("there is no element");
  return root;
}

interface OpenElement extends XmlElement {
  readonly children: (XmlElement | string)[];
}

const maxLevels = 21;
