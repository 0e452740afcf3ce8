/** What a call needs and the form that begins one does not: loaded when somebody turns to the form. */
export { Conversation } from "./conversation.ts";
export { loggedEvents } from "./loggedEvents.ts";
export { describeStartFault, findRootCause } from "./startFault.ts";
export { startCall } from "./webCall.ts";
