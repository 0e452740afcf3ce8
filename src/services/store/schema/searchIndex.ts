/** What agents have looked for in their documents, among all tools that ran. */
export const searchIndex: readonly string[] = [
  "CREATE INDEX tool_calls_searches ON tool_calls (call_id) WHERE name = 'search_knowledge'",
];
