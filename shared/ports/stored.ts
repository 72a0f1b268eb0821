/** A value as it lies in a store, with the etag that a conditional write names. */
export interface Stored<T> {
  readonly value: T;
  readonly etag: string;
}

/** Thrown by a conditional write when the row changed, appeared or vanished since it was read. Read again and decide again. */
export class StoreConflict extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} was changed by someone else in the meantime`, options);
    this.name = 'StoreConflict';
  }
}

/** Thrown when a store does not answer or answers that it cannot now: nobody's change is to blame. The write may have happened. */
export class StoreUnavailable extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} cannot be reached now`, options);
    this.name = 'StoreUnavailable';
  }
}
