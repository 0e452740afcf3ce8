import type { Environment } from "../../config/settingReader.ts";
import {
  check,
  type Listening,
  type MayUse,
  refusedFinding,
  type SetupCheck,
  slowFinding,
  stoppedFinding,
} from "../../services/setup.ts";
import { fillSentence } from "../../utils/sentence.ts";
import { describePortHolder } from "../portHolder.ts";
import { askServer } from "./askServer.ts";
import { lookAtFiles, settingFaults } from "./lookAtFiles.ts";

const HOST = "127.0.0.1";
const PORT = 8000;

/** What was found, and where. */
export interface Looked {
  readonly checks: readonly SetupCheck[];
  /** A sentence that says who was asked. */
  readonly source: string;
  readonly isRunning: boolean;
  /** Whether what listens on the port of the settings has said it. */
  readonly isFromServer: boolean;
}

/** Asks the server of the settings where one runs, and looks at the files where none does. */
export async function look(options: {
  readonly environment: Environment;
  readonly envPath: string;
  readonly mayUse: MayUse;
}): Promise<Looked> {
  const { environment } = options;
  const host = environment["HOST"]?.trim() || HOST;
  const port = portIn(environment["PORT"]);
  const answer = await askServer({ host, port }, environment);
  if (answer.state === "answered") {
    // A server that runs was started with settings that could be used: these may be others by now.
    const { checks } = await settingFaults(options);
    return {
      checks: onlyOnce([...checks, ...answer.checks]),
      source: `The server on port ${port} was asked.`,
      isRunning: true,
      isFromServer: true,
    };
  }
  const isRunning = answer.state !== "absent";
  const finding = answer.state === "absent"
    ? await listeningFinding(host, port)
    : answer.state === "slow"
    ? slowFinding(port)
    : refusedFinding(port);
  return {
    checks: onlyOnce([check("machine", finding), ...await lookAtFiles(options)]),
    source: isRunning
      ? "The server that runs could not be asked: the files were looked at."
      : "No server runs: the files were looked at.",
    isRunning,
    isFromServer: false,
  };
}

/** Of what two checks have found, the first. */
function onlyOnce(checks: readonly SetupCheck[]): readonly SetupCheck[] {
  const said = new Set<string>();
  return checks.filter(({ code, text, values }) => {
    const key = `${code} ${fillSentence({ text, values })}`;
    return !said.has(key) && said.add(key);
  });
}

function portIn(text: string | undefined): number {
  const port = Number(text?.trim() || PORT);
  return Number.isInteger(port) && port >= 0 && port < 65_536 ? port : PORT;
}

async function listeningFinding(host: string, port: number) {
  const listening = tryListening(host, port);
  const holder = listening === "taken" ? await describePortHolder(port) : "";
  return stoppedFinding(listening, { host, port, holder });
}

function tryListening(hostname: string, port: number): Listening {
  try {
    Deno.listen({ hostname, port }).close();
    return "free";
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return "taken";
    return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable
      ? "not_permitted"
      : "not_here";
  }
}
