import type { CallRequest } from "../../call/types.ts";
import type { AgentSet } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { createLateContexts, type LateContextsDeps } from "./lateContexts.ts";
import { present } from "../../utils/present.ts";
import { type AgentChoice, chooseAgent, type OutsideAction } from "./agentChoice.ts";
import { type PrecallAnswer, readPrecallAnswer, type Told } from "./precallAnswer.ts";
import { type AskedCall, precallMessage } from "./precallMessage.ts";
import { createPrecallRequest, type PrecallReply } from "./precallRequest.ts";

/** What came of asking the operator's endpoint. */
export const precallStatuses = [
  "ok",
  "problems",
  "refused",
  "late",
  "unreachable",
  "bad_status",
  "bad_answer",
] as const;
export type PrecallStatus = (typeof precallStatuses)[number];

/** A call as its route is asked for. */
export interface RoutableCall extends AskedCall {
  /** The agent that is asked for by name. */
  readonly named?: string | undefined;
  /** The call goes on already, whatever the hours. */
  readonly isAnswered?: boolean | undefined;
}

/** Who gets a call. */
export interface RoutedCall {
  readonly agent: string;
  readonly choice: AgentChoice;
  /** What is done in the place of a conversation. */
  readonly outside?: OutsideAction;
  readonly refuse?: true | { readonly sentence: string };
  /** For the call's request. */
  readonly told: Told & Pick<CallRequest, "precall">;
}

/** How a call would be routed, and what the endpoint said. */
export interface RouteTest extends Omit<RoutedCall, "told"> {
  readonly precall?: {
    readonly status: PrecallStatus;
    readonly durationMs: number;
    readonly problems: readonly string[];
    readonly answer: PrecallAnswer;
  };
}

/** `now` is in milliseconds since 1970. */
export interface RoutingDeps extends Clock, Omit<LateContextsDeps, "now"> {
  readonly settings: Pick<Settings, "agents" | "callUrl">;
  readonly agents: AgentSet;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "warn">;
}

export type Routing = ReturnType<typeof openRouting>;

const INCIDENT = "call_url_failing";

/** Opens the choice of agents: by their files, and by the operator's endpoint where there is one. */
export function openRouting(deps: RoutingDeps) {
  const { settings, agents, incidents, now, setTimer, log } = deps;
  const { agents: { default: defaultAgent }, callUrl } = settings;
  const precall = callUrl && createPrecallRequest({ ...callUrl, now, setTimer });
  const lateContexts = createLateContexts({ ...deps, now: () => performance.now() });
  const counts = new Map<PrecallStatus, number>(precallStatuses.map((status) => [status, 0]));

  return {
    /** How often the endpoint was asked, by what came of it; undefined where there is none. */
    counts: precall && (counts as ReadonlyMap<PrecallStatus, number>),
    /** Settles at once where the endpoint is not asked; never rejects. */
    async route(call: RoutableCall): Promise<RoutedCall> {
      const choice = choose(call);
      const asked = await ask(call, choice, false);
      if (asked === undefined) return routed(choice, {}, {});
      const { status, problems, answer, later } = asked;
      counts.set(status, (counts.get(status) ?? 0) + 1);
      tell(call, asked);
      const { agent: _, refuse: __, ...told } = answer;
      later?.then((reply) => {
        const { context } = read(reply).answer;
        if (context !== undefined) lateContexts.arrived(call.callId, context);
      });
      return routed(choice, answer, { ...told, precall: { status, problems } });
    },
    /** What would become of a call, without one. */
    async test(call: RoutableCall): Promise<RouteTest> {
      const choice = choose(call);
      const beganAt = performance.now();
      const asked = await ask(call, choice, true);
      const durationMs = Math.round(performance.now() - beganAt);
      const { told: _, ...result } = routed(choice, asked?.answer ?? {}, {});
      if (asked === undefined) return result;
      const { status, problems, answer } = asked;
      return { ...result, precall: { status, durationMs, problems, answer } };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      lateContexts.close();
      await precall?.close();
    },
  };

  function choose({ named, called, direction, isAnswered = false }: RoutableCall): AgentChoice {
    const mindsHours = direction !== "outbound" && !isAnswered;
    return chooseAgent(agents, defaultAgent, {
      named,
      called: direction === "outbound" ? undefined : called,
      mindsHours,
      at: now(),
    });
  }

  async function ask(call: RoutableCall, { agent, outside }: AgentChoice, isTest: boolean) {
    if (precall === undefined || callUrl?.directions.includes(call.direction) !== true) {
      return undefined;
    }
    const isOpen = outside === undefined;
    const message = precallMessage(call, { agent, isOpen, at: now(), isTest });
    const reply = await precall.ask(`precall_${call.callId}`, message);
    return { ...read(reply), ...(reply.status === "late" && { later: reply.later }) };
  }

  function read(reply: PrecallReply): {
    readonly status: PrecallStatus;
    readonly problems: readonly string[];
    readonly answer: PrecallAnswer;
  } {
    if (reply.status === "late") return { status: "late", problems: [], answer: {} };
    if (reply.status !== "answered") {
      return { status: reply.status, problems: [reply.problem], answer: {} };
    }
    const { answer, problems } = readPrecallAnswer(
      reply.value,
      (name) => agents.get(name) !== undefined,
    );
    if (answer.refuse !== undefined) return { status: "refused", problems, answer };
    return { status: problems.length > 0 ? "problems" : "ok", problems, answer };
  }

  /** To the operator, where the answer could not be used as it is. */
  function tell({ callId }: RoutableCall, { status, problems }: ReturnType<typeof read>): void {
    if (problems.length > 0 || status === "late") {
      log.warn("Answer of CALL_URL not used as it is", { callId, status, problems });
    }
    switch (status) {
      case "ok":
      case "problems":
      case "refused":
        return incidents.resolve(INCIDENT);
      case "late":
      case "unreachable":
      case "bad_status":
      case "bad_answer": {
        const why = problems[0] ?? `no answer within ${callUrl?.timeoutMs} ms`;
        return incidents.report({
          code: INCIDENT,
          message: `Calls go by the agents' files: the endpoint of CALL_URL fails, ${why}`,
        });
      }
    }
  }
}

function routed(
  choice: AgentChoice,
  { agent, refuse }: PrecallAnswer,
  told: RoutedCall["told"],
): RoutedCall {
  // An agent that the operator chooses for this very call takes it at any hour.
  const outside = agent === undefined ? choice.outside : undefined;
  return { agent: agent ?? choice.agent, choice, told, ...present({ outside, refuse }) };
}
