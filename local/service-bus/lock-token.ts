/** A lock token is a UUID; $management writes it in plain order, a delivery tag in .NET's (the first three groups reversed). */
export function tokenFromUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function tokenFromDeliveryTag(tag: Buffer): string {
  return tokenFromUuid(swap(tag));
}

export function deliveryTagOf(token: string): Buffer {
  return swap(Buffer.from(token.replaceAll('-', ''), 'hex'));
}

function swap(bytes: Buffer): Buffer {
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
}
