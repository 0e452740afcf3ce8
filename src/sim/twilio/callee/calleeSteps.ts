import type {
  CalleePlan,
  CalleeStep,
  MachinePlan,
  PersonPlan,
  ScreenerPlan,
  Sound,
} from "./calleePlan.ts";

/** What a far end does, one step after the other. */
export interface CalleeCourse {
  readonly steps: readonly CalleeStep[];
  /** Takes the place of the steps that long after the answer, wherever they are. */
  readonly later?: { readonly atMs: number; readonly steps: readonly CalleeStep[] };
}

/** The steps of a plan, with what it leaves open filled in. */
export function courseOf(plan: CalleePlan): CalleeCourse {
  const { ringbackMs = 0 } = plan;
  const course = courseWithoutRinging(plan);
  return ringbackMs === 0 ? course : { ...course, steps: [{ ringbackMs }, ...course.steps] };
}

function courseWithoutRinging(plan: CalleePlan): CalleeCourse {
  switch (plan.kind) {
    case "person":
      return personCourse(plan);
    case "machine": {
      const { pickedUpAfterMs, person = latecomer } = plan;
      const steps = machineSteps(plan);
      return pickedUpAfterMs === undefined
        ? { steps }
        : { steps, later: { atMs: pickedUpAfterMs, steps: personSteps(person) } };
    }
    case "screener":
      return { steps: screenerSteps(plan) };
    case "fax":
      return { steps: faxSteps() };
    case "music":
      return {
        steps: [{ musicMs: plan.musicMs ?? 30_000 }, ...personSteps(plan.person ?? latecomer)],
      };
    case "menu":
      return { steps: [] };
    case "steps":
      return { steps: plan.steps };
    default:
      return plan satisfies never;
  }
}

function personCourse(plan: PersonPlan): CalleeCourse {
  const steps = personSteps(plan);
  return plan.hangsUpAfterMs === undefined
    ? { steps }
    : { steps, later: { atMs: plan.hangsUpAfterMs, steps: [{ hangUp: true }] } };
}

const latecomer: PersonPlan = { kind: "person", greeting: ["Hello? Hello, I'm here."] };

function personSteps(
  { afterMs = 600, greeting = ["Hello?"], replies = ["Yes, that is right.", "Okay. Thank you."] }:
    PersonPlan,
): readonly CalleeStep[] {
  return [
    { silenceMs: afterMs },
    ...greeting,
    ...replies.flatMap((reply): CalleeStep[] => [{ listen: {} }, reply]),
    { stay: true },
  ];
}

const machineGreeting =
  "Hi, you have reached the voicemail of Sam Miller. I cannot take your call right now. " +
  "Please leave your name and number after the tone, and I will call you back.";
const fullGreeting =
  "The mailbox is full and cannot accept any messages at this time. Please try again later. Goodbye.";

function machineSteps(
  {
    afterMs = 500,
    isFull = false,
    greeting = [isFull ? fullGreeting : machineGreeting],
    partGapMs = 1_800,
    beep = { hz: 1_000, ms: 400 },
    beforeBeepMs = 600,
    recordMs = 60_000,
    recordSilenceMs = 8_000,
  }: MachinePlan,
): readonly CalleeStep[] {
  const parts = greeting.flatMap((part, index): Sound[] =>
    index === 0 ? [part] : [{ silenceMs: partGapMs }, part]
  );
  if (isFull) return [{ silenceMs: afterMs }, ...parts, { silenceMs: 300 }, { hangUp: true }];
  return [
    { silenceMs: afterMs },
    ...parts,
    ...(beep === null ? [] : [{ silenceMs: beforeBeepMs }, { tone: beep }]),
    { record: { maxMs: recordMs, silenceMs: recordSilenceMs } },
    { hangUp: true },
  ];
}

const styles = {
  ios: {
    prompt: [
      "Hi. If you record your name and reason for calling, I'll see if this person is available.",
    ],
    thanks: ["Thanks. Please stay on the line."],
  },
  pixel: {
    prompt: [
      "Hi, the person you're calling is using a screening service from Google, and will get a copy " +
      "of this conversation. Go ahead and say your name, and why you're calling.",
    ],
    thanks: ["Thank you. Please stay on the line while I check."],
  },
} as const;

function screenerSteps(plan: ScreenerPlan): readonly CalleeStep[] {
  const { style = "ios", afterMs = 500, patienceMs = 8_000, decidesAfterMs = 8_000 } = plan;
  const { prompt, thanks } = { ...styles[style], ...plan };
  return [
    { silenceMs: afterMs },
    ...prompt,
    { listen: { maxMs: patienceMs, silenceMs: 1_500 } },
    ...thanks,
    ...(plan.hold ?? [{ silenceMs: decidesAfterMs }]),
    ...decided(plan),
  ];
}

function decided({ decision = "accept", person, machine }: ScreenerPlan): readonly CalleeStep[] {
  switch (decision) {
    case "accept":
      return personSteps(person ?? { kind: "person", greeting: ["Hello? Who is this?"] });
    case "decline":
      return ["Sorry, this person is not available right now. Goodbye.", { hangUp: true }];
    case "voicemail":
      return machineSteps(machine ?? { kind: "machine" });
    default:
      return decision satisfies never;
  }
}

/** The answer tone of a called fax, then the beginning of its talk with the other fax. */
function faxSteps(): readonly CalleeStep[] {
  return [
    { silenceMs: 400 },
    { tone: { hz: 2_100, ms: 3_000 } },
    { silenceMs: 75 },
    ...Array.from({ length: 8 }, (): Sound[] => [
      { tone: { hz: 1_650, ms: 600 } },
      { tone: { hz: 1_850, ms: 300 } },
      { silenceMs: 3_000 },
    ]).flat(),
    { hangUp: true },
  ];
}
