/**
 * An error that belongs to one item of a request: it is answered as a response message, and the other items go on.
 * `code` is a ResponseCode of Microsoft's schema.
 */
export class EwsError extends Error {
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;

  constructor(code: string, message: string, values: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'EwsError';
    this.code = code;
    this.values = values;
  }
}

/** An error that ends the whole request: HTTP 500 with a SOAP fault. `values` go into its MessageXml. */
export class EwsFault extends EwsError {
  /** Elements of MessageXml beside `values`, such as LineNumber of ErrorSchemaValidation. */
  readonly details: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    values: Readonly<Record<string, string>> = {},
    details: Readonly<Record<string, string>> = {},
  ) {
    super(code, message, values);
    this.name = 'EwsFault';
    this.details = details;
  }
}
