/**
 * The seed of the properties. Fixed, so that the same code gives the same result for everybody; PROPERTY_SEED takes another, and
 * `npm run test:long` searches on with ever new ones. What it finds is kept as a test of its own.
 */
const fixed = 20_261_123;

export const propertySeed = Number(process.env['PROPERTY_SEED'] ?? fixed);
