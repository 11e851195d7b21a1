/** The responder cannot start or go on; the message is one sentence for the operator. */
export class RespondError extends Error {
  override readonly name = 'RespondError';
}
