/** What the app lived through, readable over GET /api/journal. */
export const journal: unknown[] = [];
