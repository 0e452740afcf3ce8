export {
  type AgentChoice,
  chooseAgent,
  describeReach,
  type OutsideAction,
} from "./routing/agentChoice.ts";
