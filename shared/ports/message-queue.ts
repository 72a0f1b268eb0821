/** A message to send: now, or at a time. The id under which it travels is derived from its body. */
export interface Outgoing<T> {
  readonly body: T;
  readonly at?: Date;
}

/** One queue, typed by what travels on it. At-least-once: nothing may depend on a message arriving once or in order. */
export interface MessageQueue<T> {
  /** Resolves when every message is stored by the broker; a rejection may leave some of them stored. */
  send(messages: readonly Outgoing<T>[]): Promise<void>;
}
