import type { ModelSetup, ToolDeclaration } from "../../call/modelSetup.ts";
import type { CallPolicy } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import type { KnowledgeUse } from "../knowledge.ts";

const SEARCH = "search_knowledge";

/**
 * Gives a call what its agent knows from documents: in its instructions, behind all that the agent's owner
 * wrote, or by the tool, which then says what there is to find.
 */
export function withKnowledge(
  agent: Pick<Agent, "tools">,
  { setup, policy }: {
    readonly setup: Omit<ModelSetup, "history" | "tools">;
    readonly policy: CallPolicy;
  },
  declarations: readonly ToolDeclaration[],
  use: KnowledgeUse | undefined,
) {
  const isAsked = agent.tools.some(({ name }) => name === SEARCH);
  if (use?.kind === "whole") {
    const { instructions } = setup;
    return {
      setup: { ...setup, instructions: `${instructions}\n\n${use.section}` },
      policy,
      tools: isAsked ? declarations : declarations.filter(({ name }) => name !== SEARCH),
    };
  }
  const searches = use !== undefined && declarations.some(({ name }) => name === SEARCH);
  return {
    setup,
    policy: { ...policy, usesTools: policy.usesTools || searches },
    tools: use === undefined
      ? declarations
      : declarations.map((declaration) =>
        declaration.name === SEARCH ? { ...declaration, description: use.description } : declaration
      ),
  };
}
