import { type AgentProblem, quoting } from "../../config/agentProblem.ts";
import { nearestWord } from "../../utils/nearestWord.ts";
import { present } from "../../utils/present.ts";

const MAX_KNOWN_CHARS = 300;

/** A tool that an agent names and nobody has. */
export class UnknownTool extends RangeError {
  override readonly name = "UnknownTool";
  readonly problem: Pick<AgentProblem, "message" | "sentence" | "nearest">;

  constructor(tool: string, known: readonly string[]) {
    const nearest = nearestWord(tool, known);
    const said = nearest === undefined
      ? quoting(
        "Cannot find the tool {tool}: there is no file tools/{tool}.ts, and no built-in tool of this name; there are {known}",
        { tool, known: known.join(", ").slice(0, MAX_KNOWN_CHARS) },
      )
      : quoting(
        "Cannot find the tool {tool}: there is no file tools/{tool}.ts, and no built-in tool of this name",
        { tool },
      );
    super(said.message);
    this.problem = { ...said, ...present({ nearest }) };
  }
}
