import { type Block, DOCUMENT_LIMITS, UnreadableFile } from "./block.ts";
import { createTextFlow } from "./textFlow.ts";

const DOCUMENT = "word/document.xml";
/** The names of heading styles in the languages of Word, as their ids are written. */
const HEADING =
  /^(?:heading|.?berschrift|titre|t.?tulo|titolo|kop|rubrik|overskrift|otsikko|nag.{0,3}wek)(\d)$/i;

/** Reads a Word document: headings by their styles, paragraphs, lists and tables. */
export async function readDocx(bytes: Uint8Array): Promise<readonly Block[]> {
  const [{ unzipSync }, { Parser }] = await Promise.all([import("fflate"), import("htmlparser2")]);
  const flow = createTextFlow();
  let inText = false;
  let inCell = 0;
  let isHeading = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === "w:p" && inCell === 0) flow.newBlock();
      else if (name === "w:pStyle") {
        const level = styleLevel(attributes["w:val"] ?? "");
        if (level !== undefined && inCell === 0) {
          flow.beginHeading(level);
          isHeading = true;
        }
      } else if (name === "w:numPr" && !isHeading && inCell === 0) flow.newItem();
      else if (name === "w:t") inText = true;
      else if (name === "w:tab") flow.text(" ");
      else if (name === "w:br" || name === "w:cr") flow.newLine();
      else if (name === "w:tr") flow.newLine();
      else if (name === "w:tc") {
        inCell++;
        flow.newCell();
      }
    },
    ontext(text) {
      if (inText) flow.text(text);
    },
    onclosetag(name) {
      if (name === "w:t") inText = false;
      else if (name === "w:tc") inCell = Math.max(0, inCell - 1);
      else if (name === "w:tbl") flow.newBlock();
      else if (name === "w:p" && inCell > 0) flow.text(" ");
      else if (name === "w:p" && isHeading) {
        flow.endHeading();
        isHeading = false;
      }
    },
  }, { xmlMode: true, decodeEntities: true });
  parser.write(new TextDecoder().decode(documentOf(bytes, unzipSync)));
  parser.end();
  return flow.blocks();
}

function documentOf(bytes: Uint8Array, unzip: typeof import("fflate").unzipSync): Uint8Array {
  let tooLarge = false;
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    files = unzip(bytes, {
      filter({ name, originalSize }) {
        if (name !== DOCUMENT) return false;
        tooLarge = originalSize > DOCUMENT_LIMITS.unzippedBytes;
        return !tooLarge;
      },
    });
  } catch {
    throw new UnreadableFile("is not a Word document that can be read");
  }
  if (tooLarge) throw new UnreadableFile("holds more text than a document may");
  const document = files[DOCUMENT];
  if (document === undefined) throw new UnreadableFile("is not a Word document (.docx)");
  return document;
}

function styleLevel(style: string): number | undefined {
  if (/^(?:title|titel|titre|titolo)$/i.test(style)) return 1;
  const level = HEADING.exec(style)?.[1];
  return level === undefined ? undefined : Math.max(1, Number(level));
}
