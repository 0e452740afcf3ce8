export { describeReach, type OutsideAction } from "./routing/agentChoice.ts";
export {
  openRouting,
  precallStatuses,
  type RoutableCall,
  type RoutedCall,
  type Routing,
} from "./routing/openRouting.ts";
export type { CarrierFacts } from "./routing/precallMessage.ts";
