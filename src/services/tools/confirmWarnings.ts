import { ANSWER_LANGUAGES, answerLanguage } from "../../call/answerLanguages.ts";
import type { AgentProblem } from "../../config/agentProblem.ts";
import type { Agent } from "../../config/agents.ts";
import { conversationLanguages } from "../../config/agentSchema.ts";
import { nearestWord } from "../../utils/nearestWord.ts";
import { present } from "../../utils/present.ts";
import { propertiesOf } from "./schema/schemaRewrite.ts";
import type { ListedTool } from "./toolRegistry.ts";

/**
 * What an operator should know of an agent's tools with `confirm`: a language in which no yes is known, and
 * questions that do not say what they are about. Of the tools of MCP servers only their entries are known.
 */
export function confirmWarnings(
  agent: Agent,
  tools: readonly ListedTool[],
): readonly AgentProblem[] {
  const asking = [...tools.flatMap((tool) => askingTool(agent, tool)), ...askingMcpTools(agent)];
  const [first] = asking;
  if (first === undefined) return [];
  const found = [
    ...unknownAnswers(agent, first),
    ...unknownQuestions(agent, asking.filter(({ isOwn }) => !isOwn)),
    ...asking.flatMap(unnamedArguments),
  ];
  return found.map((problem) => ({ ...problem, isWarning: true }));
}

interface AskingTool {
  readonly name: string;
  /** Where the file has the option, or what brings the tool. */
  readonly path: string;
  readonly question: string | undefined;
  /** Whether the question is the operator's. */
  readonly isOwn: boolean;
  readonly listed?: ListedTool;
}

const LISTS = ["tools", "http_tools", "client_tools"] as const;

function askingTool(agent: Agent, listed: ListedTool): readonly AskingTool[] {
  const { tool: { name, kind }, options: { confirm } } = listed;
  if (confirm === undefined) return [];
  const places = LISTS.map((list) => {
    const at = agent[list].findIndex((entry) => entry.name === name);
    const given = agent[list][at]?.confirm;
    return { path: `${list}.${at}${given === undefined ? "" : ".confirm"}`, at, given };
  }).filter(({ at }) => at >= 0);
  const place = places.find(({ given }) => given !== undefined) ?? places[0];
  const { question } = confirm;
  const isOwn = typeof place?.given === "string" ||
    (kind === "typescript" && question !== undefined);
  return [{ name, path: place?.path ?? "calendar", question, isOwn, listed }];
}

function askingMcpTools({ mcp_servers }: Agent): readonly AskingTool[] {
  return mcp_servers.flatMap(({ tools }, server) =>
    (tools === "all" ? [] : tools).flatMap(({ name, as = name, confirm = false }, at) =>
      confirm === false ? [] : [{
        name: as,
        path: `mcp_servers.${server}.tools.${at}.confirm`,
        question: typeof confirm === "string" ? confirm : undefined,
        isOwn: typeof confirm === "string",
      }]
    )
  );
}

function unknownAnswers(agent: Agent, { path }: AskingTool): readonly AgentProblem[] {
  // Without words the model tells a yes.
  if (agent.transcription === "off") return [];
  const { yes, no } = agent.confirm_words ?? {};
  const unknown = conversationLanguages(agent).filter((code) => answerLanguage(code) === undefined);
  if (unknown.length === 0 || (yes !== undefined && no !== undefined)) return [];
  const message = `cannot tell a yes from a no in ${unknown.join(", ")}, only in ${
    ANSWER_LANGUAGES.join(", ")
  }: add confirm_words: { yes: [...], no: [...], unclear: [...] }`;
  return [{ path, message }];
}

function unknownQuestions(agent: Agent, asking: readonly AskingTool[]): readonly AgentProblem[] {
  const [language] = conversationLanguages(agent);
  const [first] = asking;
  if (first === undefined || language === undefined || answerLanguage(language) !== undefined) {
    return [];
  }
  const names = asking.map(({ name }) => name).join(", ");
  const message =
    `asks callers in English for a yes to ${names}: write confirm: "..." for it in ${language}, with its arguments as {{name}}`;
  return [{ path: first.path, message }];
}

function unnamedArguments({ name, path, question, listed }: AskingTool): readonly AgentProblem[] {
  if (question === undefined || listed === undefined) return [];
  const { tool: { kind = "built_in" }, parameters } = listed;
  const properties = Object.keys(propertiesOf(parameters));
  if (properties.length === 0) return [];
  const named = [...question.matchAll(PLACEHOLDER)].map(([, argument = ""]) => argument);
  const stray = named.filter((argument) => !properties.includes(argument));
  const problems = stray.map((argument): AgentProblem => ({
    path,
    message: `{{${argument}}} is no argument of ${name}`,
    ...present({ nearest: nearestWord(argument, properties) }),
  }));
  // Where the server's own tools demand none, none decides.
  const decides = kind !== "built_in" || Array.isArray(parameters["required"]);
  if (stray.length < named.length || !decides) return problems;
  const message = `names no argument of ${name} (${
    properties.slice(0, 8).join(", ")
  }), so the server says them all before it: write the question with them, such as {{${
    properties[0]
  }}}`;
  return [...problems, { path, message }];
}

/** The argument's name, without what stands within it: `{{guest.name}}`. */
const PLACEHOLDER = /\{\{\s*([\w-]{1,100})(?:\.[\w.-]{1,100})?\s*\}\}/g;
