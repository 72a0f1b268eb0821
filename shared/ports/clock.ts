/** Time as the engine sees it. Used for back-off, leases and windows; never to decide what is newer. */
export interface Clock {
  now(): Date;
  /** Runs `action` after `milliseconds`; the function returned calls it off. */
  after(milliseconds: number, action: () => void): () => void;
}
