// How many entries of the inbox an answer has. Apart from the schema, so that the page does not load that.
export const INBOX_LIMIT = { usual: 100, most: 1000 } as const;
