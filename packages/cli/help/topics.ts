/** What `noroshi help` explains besides the verbs. */
export const TOPICS = ['classes', 'marks', 'predicates', 'columns', 'data', 'exit'] as const;
export type Topic = (typeof TOPICS)[number];
