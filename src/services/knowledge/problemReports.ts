import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import type { FileProblem } from "./findFiles.ts";

const CODE = "knowledge_unreadable";
const MAX_LOGGED = 20;

/** Tells of files that are left out: in the log when they are found, in `/health` as long as they are left out. */
export function createProblemReports({ incidents, log }: {
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "warn">;
}) {
  const told = new Map<string, readonly string[]>();
  return {
    /** All problems of an agent as they are now. */
    tell(agent: string, problems: readonly FileProblem[]): void {
      const before = told.get(agent) ?? [];
      const lines = problems.map(({ name, problem }) => `${name} ${problem}`);
      told.set(agent, lines);
      const isNew = problems.filter((_, at) => !before.includes(lines[at] ?? ""));
      for (const { name, problem } of isNew.slice(0, MAX_LOGGED)) {
        log.warn("Document left out", { agent, file: name, reason: problem });
      }
      if (lines.length === 0) incidents.resolve(CODE, agent);
      else if (lines.join("\n") !== before.join("\n")) {
        incidents.resolve(CODE, agent);
        incidents.report({
          code: CODE,
          subject: agent,
          // `/health` is public: it must not show where folders are.
          message: problems.map(({ name, problem }) => `${nameOnly(name)} ${problem}.`).join(" "),
          expiresAfterMs: Infinity,
        });
      }
    },
    forget(agent: string): void {
      told.delete(agent);
      incidents.resolve(CODE, agent);
    },
  };
}

function nameOnly(name: string): string {
  return /^(?:\/|\.\.)/.test(name) ? name.replace(/^.*\/(?=.)/, "") : name;
}
