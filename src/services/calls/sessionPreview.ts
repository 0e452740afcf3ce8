import type { ToolServer } from "../../call/modelSetup.ts";
import type { CallRequest } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import { sessionUpdate } from "../openai.ts";
import type { DescribeCall } from "./callSetup.ts";
import { askedVariables } from "./missingVariables.ts";

/** What the model is sent at the beginning of a call, with examples for what only a call knows. */
export interface SessionPreview {
  readonly model: string;
  /** By the names of the variables in the agent's texts; the others have the values of now. */
  readonly examples: Readonly<Record<string, string>>;
  /** What the agent says first; absent where it waits for the caller. */
  readonly greeting?: string | undefined;
  /** The `session` of `session.update`; secrets are dots. */
  readonly session: Readonly<Record<string, unknown>>;
}

export type PreviewSession = (
  agent: Agent,
  direction: CallRequest["direction"],
) => SessionPreview;

const CALLER = "+14155550123";
const CALLED = "+14155550100";
const DOTS = "•••";

/** Creates the function that shows what a call of an agent would send; nothing is sent, and no call begun. */
export function createSessionPreview(describeCall: DescribeCall): PreviewSession {
  return function previewSession(agent, direction) {
    const examples = Object.fromEntries(askedVariables(agent).map((name) => [name, `[${name}]`]));
    const request: CallRequest = {
      direction,
      agent: agent.name,
      variables: examples,
      ...(direction !== "web" && { caller: CALLER, called: CALLED }),
    };
    const { policy, setup: { model, ...setup } } = describeCall(agent, request);
    const servers = setup.toolServers ?? [];
    const { session } = sessionUpdate({
      ...setup,
      ...(servers.length > 0 && { toolServers: servers.map(withoutSecrets) }),
    });
    return { model, examples, greeting: policy.greeting, session: { ...session } };
  };
}

/** Headers may be keys of the operator's, and a key may also stand in the URL. */
function withoutSecrets({ url, headers, secrets, ...server }: ToolServer): ToolServer {
  const { origin, pathname } = new URL(url);
  return {
    ...server,
    url: secrets.reduce((shown, secret) => shown.replaceAll(secret, DOTS), `${origin}${pathname}`),
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, DOTS])),
    secrets: [],
  };
}
