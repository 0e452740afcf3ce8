export { createAliveInstances } from "./cluster/aliveInstances.ts";
export { type InstanceBus, openInstanceBus } from "./cluster/bus.ts";
export { type KeyRevocation, openKeyRevocation } from "./cluster/keyRevocation.ts";
export { createInstanceRpc, type InstanceRpc, InstanceTimeout } from "./cluster/rpc.ts";
export { shareEvents } from "./cluster/sharedEvents.ts";
