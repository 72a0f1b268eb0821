/** How the content of a property is written in XML; `opaque` is kept and given back as it came. */
export type PropertyKind =
  | 'string'
  | 'boolean'
  | 'int'
  | 'double'
  | 'dateTime'
  | 'base64'
  | 'id'
  | 'body'
  | 'strings'
  | 'attendees'
  | 'recipients'
  | 'recipient'
  | 'zone'
  | 'recurrence'
  | 'entries'
  | 'extended'
  | 'opaque'
  | readonly string[];

/** flags: D default shape, A all properties, Q only when asked for; r read-only; l not in lists. */
export type PropertyRow = readonly [element: string, kind?: PropertyKind, flags?: string];
