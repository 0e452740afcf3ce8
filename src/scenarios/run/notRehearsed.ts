/** Why a scenario cannot be acted out where it was to be: that is no fault of the agent's. */
export class NotRehearsed extends Error {
  override readonly name = "NotRehearsed";
}
