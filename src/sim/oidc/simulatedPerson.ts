/** Somebody who can be chosen on the provider's page. */
export interface SimulatedPerson {
  readonly subject: string;
  readonly name: string;
  readonly email?: string;
  /** True unless it is said. */
  readonly emailVerified?: boolean;
  readonly groups?: readonly string[];
}
