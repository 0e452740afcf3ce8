import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";

/** A program that makes a port of this machine reachable by an https address. */
export interface TunnelTool {
  readonly name: string;
  readonly args: (port: number) => readonly string[];
  /** The public origin, where a line of the program's output tells it. */
  readonly readOrigin: (line: string) => string | undefined;
  /** The line after which the address can be asked; an earlier question would have its failure remembered by DNS. */
  readonly isUp?: RegExp;
  readonly install: string;
}

export const tunnelTools: readonly TunnelTool[] = [
  {
    name: "cloudflared",
    // A configuration file of named tunnels keeps quick ones from starting.
    args: (port) => [
      ...[
        "tunnel",
        "--no-autoupdate",
        "--config",
        Deno.build.os === "windows" ? "NUL" : "/dev/null",
      ],
      ...["--url", `http://127.0.0.1:${port}`],
    ],
    readOrigin: (line) =>
      /\|\s+(https:\/\/(?!api\.)[a-z0-9-]+\.trycloudflare\.com)\s+\|/.exec(line)?.[1],
    isUp: /Registered tunnel connection/,
    install:
      "cloudflared needs no account: https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/ (macOS: brew install cloudflared)",
  },
  {
    name: "ngrok",
    args: (port) => ["http", `127.0.0.1:${port}`, "--log=stdout", "--log-format=json"],
    readOrigin(line) {
      const url = line.includes("started tunnel") ? field(line, "url") : undefined;
      return url?.startsWith("https://") ? url : undefined;
    },
    install:
      "ngrok needs a free account, and once: ngrok config add-authtoken TOKEN (https://ngrok.com/download)",
  },
  {
    name: "tailscale",
    // In the foreground, so that it ends with the command.
    args: (port) => ["funnel", "--yes", `http://127.0.0.1:${port}`],
    readOrigin: (line) =>
      /^(https:\/\/[a-z0-9-]+\.[a-z0-9-]+\.ts\.net)(?::443)?\/?(?:\s|$)/.exec(line.trim())?.[1],
    install:
      "tailscale needs an account with Funnel allowed: https://tailscale.com/download, then tailscale up",
  },
];

/** The first of the tools, or the one of that name, that is on the PATH, with its path. */
export async function findTool(
  path: string,
  name: string | undefined,
): Promise<{ readonly tool: TunnelTool; readonly program: string } | undefined> {
  const isWindows = Deno.build.os === "windows";
  const folders = path.split(isWindows ? ";" : ":").filter((folder) => folder !== "");
  for (const tool of tunnelTools.filter((tool) => name === undefined || tool.name === name)) {
    for (const folder of folders) {
      const program = `${folder}/${tool.name}${isWindows ? ".exe" : ""}`;
      if (await isProgram(program)) return { tool, program };
    }
  }
  return undefined;
}

/** Lines that say how to get one of the tools. */
export function howToInstall(name: string | undefined): readonly string[] {
  const meant = tunnelTools.filter((tool) => name === undefined || tool.name === name);
  const found = name === undefined ? "None of cloudflared, ngrok and tailscale" : `No ${name}`;
  return [`${found} is installed (found on the PATH). Install one:`]
    .concat(meant.map(({ install }) => `  ${install}`));
}

async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && (mode === null || (mode & 0o111) !== 0);
  } catch {
    return false;
  }
}

function field(line: string, name: string): string | undefined {
  const value = jsonOrUndefined(line);
  const text = isRecord(value) ? value[name] : undefined;
  return typeof text === "string" ? text.slice(0, 300) : undefined;
}
