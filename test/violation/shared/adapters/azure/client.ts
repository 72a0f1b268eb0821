export const client = 'an adapter';
