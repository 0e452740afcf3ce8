import type { Agent, Agents } from "../../config/agents.ts";
import { mainLanguage } from "../../config/agentSchema.ts";
import type { Settings } from "../../config/settings.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { WatchedFolder } from "../../utils/watchFolders.ts";
import type { WantedFile } from "./documentIndex.ts";
import { type FileProblem, findFiles } from "./findFiles.ts";
import { findPassages } from "./findPassages.ts";
import { FolderWatch } from "./folderWatch.ts";
import { boundedPassages, type KnowledgeAnswer } from "./knowledgeAnswer.ts";
import {
  type KnowledgeStatus,
  knowledgeStatus,
  type KnowledgeUse,
  knowledgeUse,
} from "./knowledgeState.ts";
import { isAnswer } from "./isAnswer.ts";
import { type IndexDeps, type OpenedIndex, openIndex } from "./openIndex.ts";
import { createProblemReports } from "./problemReports.ts";

export interface KnowledgeDeps extends IndexDeps {
  readonly settings: Pick<Settings, "agents" | "embeddings">;
  readonly agents: Pick<Agents, "names" | "get" | "onChange">;
}

/** What agents know from documents, and how far their reading is. */
export interface Knowledge extends AsyncDisposable {
  /** How a call that begins now gets at it; undefined for an agent without any. */
  forCall(agent: string): KnowledgeUse | undefined;
  /** Never rejects. */
  search(agent: string, query: string): Promise<KnowledgeAnswer>;
  /** Undefined for an agent without any. */
  status(agent: string): KnowledgeStatus | undefined;
  /** Searches since the start, by their result. */
  counts(): Readonly<Record<KnowledgeAnswer["result"], number>>;
  /** Looks for changes of agents and files now. */
  refresh(): void;
}

/** Changes that no watcher has told of are found after so long. */
const POLL_MS = 60_000;

interface AgentState {
  readonly language: string;
  readonly files: readonly WantedFile[];
  readonly problems: readonly FileProblem[];
  /** Undefined where it has to be worked out anew. */
  use: KnowledgeUse | undefined;
}

/** Opens the knowledge of all agents: their files are read in the background, and again where they change. */
export function openKnowledge(deps: KnowledgeDeps): Knowledge {
  const { settings, agents, incidents, setTimer, log } = deps;
  const states = new Map<string, AgentState>();
  const counts = { found: 0, nothing: 0, not_ready: 0, failed: 0 };
  const problems = createProblemReports({ incidents, log });
  let opening: Promise<OpenedIndex> | undefined;
  let closed = false;

  // Threads are started now, and not while calls are under way: it stalls this one for some 10 ms each.
  if (withKnowledge().length > 0) opened().catch(() => {});
  const loop = createPollLoop(round, setTimer);
  const watch = new FolderWatch(loop.wake, setTimer);
  const unfollow = agents.onChange(loop.wake);

  async function round(): Promise<number> {
    try {
      await update();
      incidents.resolve("knowledge_unavailable");
    } catch (error) {
      if (!closed) {
        log.warn("Knowledge not indexed", { error });
        incidents.report({
          code: "knowledge_unavailable",
          message: "The index of the agents' documents cannot be written: see the log.",
        });
      }
    }
    return POLL_MS;
  }

  async function update(): Promise<void> {
    const known = withKnowledge();
    for (const name of states.keys()) {
      if (!known.some((agent) => agent.name === name)) {
        states.delete(name);
        problems.forget(name);
      }
    }
    const watched = new Map<string, WatchedFolder>();
    for (const agent of known) {
      const language = mainLanguage(agent);
      const found = await findFiles(settings.agents.dir, agent.knowledge);
      const files = found.files.map((file) => ({ ...file, language }));
      states.set(agent.name, { language, files, problems: found.problems, use: undefined });
      for (const folder of found.watched) {
        if (watched.get(folder.path)?.recursive !== true) watched.set(folder.path, folder);
      }
    }
    if (closed) return;
    watch.watch([...watched.values()]);
    if (known.length === 0 && opening === undefined) return;
    const { index, vectors } = await opened();
    const begunAt = performance.now();
    const files = [...states.values()].flatMap(({ files }) => files);
    const read = await index.update(files, () => {
      for (const state of states.values()) state.use = undefined;
    });
    if (closed) return;
    if (read.files + read.known > 0) {
      log.info("Knowledge read", { ...read, durationMs: Math.round(performance.now() - begunAt) });
    }
    vectors?.follow([...states.values()].flatMap(documentsOf));
    for (const [agent, state] of states) {
      problems.tell(agent, [
        ...state.problems,
        ...filesOf(state).flatMap(({ name, indexed }) =>
          indexed.state === "unreadable" ? [{ name, problem: indexed.problem }] : []
        ),
      ]);
    }
  }

  function withKnowledge(): readonly Agent[] {
    return agents.names.flatMap((name) => {
      const agent = agents.get(name);
      return agent !== undefined && agent.knowledge.length > 0 ? [agent] : [];
    });
  }

  function opened(): Promise<OpenedIndex> {
    opening ??= openIndex(deps);
    opening.then((opened) => current = opened, () => opening = undefined);
    return opening;
  }

  let current: OpenedIndex | undefined;

  function filesOf({ files }: AgentState) {
    return files.map((file) => ({
      name: file.name,
      indexed: current?.index.of(file) ?? { state: "waiting" as const },
    }));
  }

  function documentsOf(state: AgentState): readonly number[] {
    return filesOf(state).flatMap(({ indexed }) =>
      indexed.state === "read" ? [indexed.document.id] : []
    );
  }

  function useOf(state: AgentState): KnowledgeUse {
    return state.use ??= knowledgeUse(filesOf(state));
  }

  async function search(agent: string, query: string): Promise<KnowledgeAnswer> {
    const state = states.get(agent);
    if (state === undefined) {
      if (agents.get(agent)?.knowledge.length === 0) return { result: "failed" };
      loop.wake();
      return { result: "not_ready", done: 0, total: 0 };
    }
    const files = filesOf(state);
    const documents = documentsOf(state);
    const waiting = files.filter(({ indexed }) => indexed.state === "waiting").length;
    try {
      const { language } = state;
      const asked = { text: query, documents, language };
      const { passages, likeness } = await findPassages(await opened(), asked);
      if (passages.length > 0) {
        const isWeak = !isAnswer(query, passages, likeness);
        return { result: "found", passages: boundedPassages(passages), isWeak };
      }
    } catch (error) {
      log.warn("Knowledge not searched", { agent, error });
      return { result: "failed" };
    }
    if (waiting === 0) return { result: "nothing" };
    return { result: "not_ready", done: files.length - waiting, total: files.length };
  }

  return {
    forCall(agent) {
      const state = states.get(agent);
      if (state !== undefined) return useOf(state);
      // Its files have not been looked for yet.
      return (agents.get(agent)?.knowledge.length ?? 0) > 0 ? knowledgeUse([]) : undefined;
    },
    async search(agent, query) {
      const answer = await search(agent, query);
      counts[answer.result]++;
      return answer;
    },
    status(agent) {
      const state = states.get(agent);
      if (state !== undefined) {
        return knowledgeStatus(filesOf(state), state.problems, {
          use: useOf(state).kind,
          isReading: false,
          vectors: current?.vectors?.count(documentsOf(state)),
        });
      }
      if ((agents.get(agent)?.knowledge.length ?? 0) === 0) return undefined;
      return knowledgeStatus([], [], { use: "search", isReading: true, vectors: undefined });
    },
    counts: () => counts,
    refresh: loop.wake,
    async [Symbol.asyncDispose]() {
      closed = true;
      unfollow();
      await watch.close();
      current?.index.close();
      await loop.close();
      const last = await opening?.catch(() => undefined);
      last?.index.close();
      await last?.vectors?.close();
      await last?.store.close();
    },
  };
}
