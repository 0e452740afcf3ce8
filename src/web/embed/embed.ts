/// <reference lib="dom" />
import { VoiceAgentElement } from "./voiceAgent.ts";

export { VoiceAgentElement };

const NAME = "voice-agent";

// A page may load the script twice.
if (customElements.get(NAME) === undefined) customElements.define(NAME, VoiceAgentElement);
