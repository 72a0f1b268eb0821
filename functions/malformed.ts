/** A request that does not say what its schema asks for: each field that is wrong, by its path. */
export class Malformed extends Error {
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(errors: Malformed['errors']) {
    super('malformed request');
    this.errors = errors;
  }
}
