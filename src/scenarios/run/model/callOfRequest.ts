/** The call after which the server has named a connection to the model; undefined for another name. */
export function callOfRequest(requestId: string): string | undefined {
  return /^(call_[0-9a-z]+)_[0-9a-z]+$/.exec(requestId)?.[1];
}
