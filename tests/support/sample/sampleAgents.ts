const receptionist = `---
title: Salon Miller
greeting: Good day, Salon Miller. How can I help you?
language: en
timezone: UTC
recording: { consent: none }
transfers: { owner: { number: "+14155550188" } }
calendar:
  name: salon
  hours: { mon-sat: "09:00-18:00" }
  services:
    haircut: { title: Haircut, minutes: 30 }
    colour: { title: Colouring, minutes: 90 }
analysis:
  summary: true
  fields:
    topic: { type: string, enum: [booking, question, complaint], description: What it is about }
    name: { type: string, description: The name of the caller }
  success:
    read_back: The agent read day and time back before it booked.
    solved: The caller got what they called for, or knows what happens next.
tools: [get_current_time, take_message, end_call]
---

You answer the phone of Salon Miller. Be brief and friendly.
`;

const reminder = `---
title: Reminders
greeting: Good day, Salon Miller calling about your appointment. May I speak with {{name}}?
timezone: UTC
tools: [end_call]
---

You remind {{name}} of an appointment and ask whether it still suits.
`;

/** Three agents, the last of which has a fault, and is not used. */
export const sampleAgents = {
  "receptionist.md": receptionist,
  "reminder.md": reminder,
  "night_desk.md": receptionist
    .replace("title: Salon Miller", "title: Night desk")
    .replace("take_message, end_call", "take_mesage, end_call"),
};
