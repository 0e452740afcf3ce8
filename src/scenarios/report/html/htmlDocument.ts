import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";
import { escapeHtml } from "./markup.ts";

/** Beside the other pages, whose scripts are checked with what a browser has. */
const PAGE = new URL("../../../web/rehearsal/", import.meta.url);
const SCRIPTS = ["player.ts", "plots.ts", "links.ts"];

/**
 * A document with the report's styles and scripts within it. Its content policy names them by their hashes: nothing
 * else runs, whatever a transcript holds, and nothing is loaded.
 */
export function htmlDocument(title: string, body: string): string {
  const styles = pageFile("report.css");
  const scripts = SCRIPTS.map((name) => stripTypeScriptTypes(pageFile(name)));
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(styles)}`,
    `script-src ${scripts.map(hashOf).join(" ")}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${styles}</style></head>
<body>${body}
${scripts.map((script) => `<script type="module">${script}</script>`).join("\n")}
</body></html>
`;
}

function pageFile(name: string): string {
  return Deno.readTextFileSync(new URL(name, PAGE));
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
