/** The first words of a call, in the agent's name where its instructions give one. */
export function greeting(instructions: string): string {
  const name = agentName(instructions);
  const hello = name ? `Hello, this is ${name}.` : "Hello.";
  return `${hello} I am a rehearsal engine: I take turns, but I do not understand speech. ` +
    "Talk to me, or type to me.";
}

function agentName(instructions: string): string | undefined {
  for (const pattern of namePatterns) {
    const name = pattern.exec(instructions)?.[1];
    if (name !== undefined && !commonWords.has(name)) return name;
  }
  return undefined;
}

const namePatterns: readonly RegExp[] = [
  /\b[Yy]our name is ([A-Z][\p{L}'-]*)/u,
  /\b[Yy]ou are called ([A-Z][\p{L}'-]*)/u,
  /\b[Yy]ou are ([A-Z][\p{L}'-]*)/u,
];

const commonWords: ReadonlySet<string> = new Set(["A", "An", "The", "I", "Our", "AI"]);
