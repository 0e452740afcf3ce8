/** The agents of the server that answers. */
export interface AgentList {
  readonly agents: readonly AgentSummary[];
  /** Whether this key may change them, or why not. */
  readonly editing: "allowed" | "scope_missing" | "not_permitted" | "read_only";
}

export interface AgentSummary {
  readonly name: string;
  readonly title: string | null;
  /** `broken`: the file is faulty, and the version is its last good one. */
  readonly state: "ok" | "broken" | "unusable";
  readonly isDefault: boolean;
  readonly version: string | null;
  readonly numbers: readonly string[];
  readonly transfers: readonly string[];
  /** Names that a request for a call may give values. */
  readonly variables: readonly string[];
  /** What its analysis finds out; null for an agent without one. */
  readonly analysis: DeclaredAnalysis | null;
  readonly problems: readonly AgentFault[];
  /** Of a file that is in use all the same. */
  readonly warnings: readonly AgentFault[];
}

interface DeclaredAnalysis {
  readonly fields: readonly DeclaredField[];
  readonly criteria: readonly string[];
}

export interface DeclaredField {
  readonly name: string;
  readonly type: "string" | "number" | "integer" | "boolean" | "date";
  /** Empty where any value may be. */
  readonly choices: readonly (string | number | boolean)[];
}

/** What is wrong with an agent's file, as the API tells it. */
export interface AgentFault {
  readonly line: number | null;
  readonly path: string | null;
  readonly message: string;
  /** The message with `{name}` for each of its values, where it quotes some. */
  readonly template?: string;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly nearest: string | null;
}

export interface CheckedFile {
  readonly problems: readonly AgentFault[];
  readonly warnings: readonly AgentFault[];
}

/** `GET /api/agents/{name}/file`. */
export interface AgentFile extends CheckedFile {
  /** Null where it cannot be read. */
  readonly text: string | null;
  readonly revision: string | null;
  readonly writing: Writing;
  readonly folder: string;
}

/** Whether the server may write the files of agents. */
export type Writing = "allowed" | "not_permitted" | "read_only";

/** `GET /api/agents/{name}/versions`. */
export interface VersionList {
  readonly versions: readonly AgentVersion[];
}

export interface AgentVersion {
  readonly version: string;
  readonly inUse: boolean;
  readonly calls: number;
  readonly lastUsedAt: string | null;
}
