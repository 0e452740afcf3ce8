/** The file of an agent that greets, and waits for what is asked; `fields` are further lines of its head. */
export function desk(fields = ""): string {
  return `---
title: Desk
greeting: Hello. How can I help you?
timezone: UTC
tools: [get_current_time, take_message, end_call]
turn_detection: { kind: server }
${fields}
---

You answer calls.
`;
}
