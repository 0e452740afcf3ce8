/// <reference lib="deno.worker" />
import { createHash } from "node:crypto";
import { DOCUMENT_LIMITS, UnreadableFile } from "./block.ts";
import { type Passage, toPassages } from "./passages.ts";
import { readDocument } from "./readDocument.ts";
import type { ParsedDocument, ReaderAnswer, ReaderRequest } from "./readerMessages.ts";
import { wholeText } from "./wholeText.ts";

const MAX_TOPICS = 12;
const MAX_TOPIC_CHARS = 80;

let opened: Uint8Array | undefined;
let passages: readonly Passage[] = [];
let given = 0;

self.addEventListener("message", async ({ data }: MessageEvent<ReaderRequest>) => {
  self.postMessage(await answer(data));
});

async function answer(request: ReaderRequest): Promise<ReaderAnswer> {
  try {
    return await perform(request);
  } catch (error) {
    return { type: "unreadable", problem: problemOf(error) };
  }
}

async function perform(request: ReaderRequest): Promise<ReaderAnswer> {
  switch (request.type) {
    case "open": {
      const { size, isFile } = await Deno.stat(request.path);
      if (!isFile) throw new UnreadableFile("is not a file");
      if (size > request.maxBytes) throw tooLarge(request.maxBytes);
      opened = await Deno.readFile(request.path);
      const hash = createHash("sha256").update(opened).digest("hex");
      return { type: "opened", hash, bytes: opened.length };
    }
    case "parse":
      return { type: "parsed", document: await parse(request.name, request.maxWholeChars) };
    case "next": {
      const next = passages.slice(given, given + request.most);
      given += next.length;
      if (next.length === 0) passages = [];
      return { type: "passages", passages: next };
    }
  }
}

async function parse(name: string, maxWholeChars: number): Promise<ParsedDocument> {
  const bytes = opened ?? new Uint8Array();
  opened = undefined;
  const blocks = await readDocument(name, bytes);
  const chars = blocks.reduce((sum, block) => sum + ("text" in block ? block.text.length : 0), 0);
  if (chars > DOCUMENT_LIMITS.chars) {
    throw new UnreadableFile(`holds more than ${DOCUMENT_LIMITS.chars} characters`);
  }
  passages = toPassages(name, blocks);
  given = 0;
  const pages = blocks.findLast((block) => block.kind === "page")?.page;
  const whole = wholeText(blocks, maxWholeChars);
  const headings = blocks.filter((block) => block.kind === "heading");
  const highest = Math.min(...headings.map(({ level }) => level));
  // A title alone says less than what stands below it.
  const top = headings.filter(({ level }) => level === highest);
  const shown = top.length > 1 ? top : headings.filter(({ level }) => level <= highest + 1);
  return {
    passages: passages.length,
    chars,
    topics: shown.slice(0, MAX_TOPICS).map(({ text }) => text.slice(0, MAX_TOPIC_CHARS)),
    ...(pages !== undefined && { pages }),
    ...(whole !== undefined && { whole }),
  };
}

function problemOf(error: unknown): string {
  if (error instanceof UnreadableFile) return error.message;
  if (error instanceof Deno.errors.NotFound) return "is gone";
  if (error instanceof Deno.errors.NotCapable) return "may not be read by the server";
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read: see its permissions";
  return "cannot be read";
}

function tooLarge(maxBytes: number): UnreadableFile {
  return new UnreadableFile(`is larger than ${Math.round(maxBytes / 1024 / 1024)} MB`);
}
