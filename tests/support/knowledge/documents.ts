import { zipSync } from "fflate";

/** A PDF of plain lines, one list for each page. */
export function pdfOf(pages: readonly (readonly string[])[]): Uint8Array {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${
      pages.map((_, at) => `${4 + 2 * at} 0 R`).join(" ")
    }] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((lines, at) => {
      const text = `BT /F1 12 Tf 50 750 Td 14 TL ${
        lines.map((line) => `(${line}) Tj T*`).join(" ")
      } ET`;
      return [
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] " +
        `/Contents ${5 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
      ];
    }),
  ];
  const offsets: number[] = [];
  let file = "%PDF-1.4\n";
  for (const [at, object] of objects.entries()) {
    offsets.push(file.length);
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  return new TextEncoder().encode(
    `${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}` +
      `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF`,
  );
}

/** A Word document with this body, in Word's own elements. */
export function docxOf(body: string): Uint8Array {
  const document = `<?xml version="1.0"?><w:document><w:body>${body}</w:body></w:document>`;
  return zipSync({ "word/document.xml": new TextEncoder().encode(document) });
}

/** An empty folder for agents, with these files below it; removed at the end. */
export async function agentsFolder(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const dir = await Deno.makeTempDir();
  const write = async (name: string, content: string | Uint8Array) => {
    const path = `${dir}/${name}`;
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
  };
  for (const [name, content] of Object.entries(files)) await write(name, content);
  return {
    dir,
    write,
    remove: (name: string) => Deno.remove(`${dir}/${name}`),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** Text that is too long for an agent's instructions: sections about nothing that anybody asks for. */
export function longText(sections = 120): string {
  return Array.from(
    { length: sections },
    (_, at) =>
      `## Section ${at}\n\n${`Filler sentence ${at} about quarterly granite surveys. `.repeat(8)}`,
  ).join("\n\n");
}
