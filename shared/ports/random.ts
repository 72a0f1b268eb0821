/** Randomness and ids as the engine sees them, so that a seed replays a whole history. */
export interface Random {
  /** A new id, unique for ever. */
  id(): string;
  /** A number in [0, 1). */
  fraction(): number;
}
