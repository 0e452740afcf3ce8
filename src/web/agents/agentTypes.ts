/** What is wrong with an agent's file, as the API tells it. */
export interface AgentFault {
  readonly line: number | null;
  readonly path: string | null;
  readonly message: string;
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
