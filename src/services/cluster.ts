export { createAliveInstances } from "./cluster/aliveInstances.ts";
export type { InstanceBus } from "./cluster/bus.ts";
export type { KeyRevocation } from "./cluster/keyRevocation.ts";
export { type Cluster, openCluster } from "./cluster/openCluster.ts";
export { openEventLog } from "./cluster/openEventLog.ts";
export { type InstanceRpc, InstanceTimeout } from "./cluster/rpc.ts";
