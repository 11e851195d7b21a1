/** One step of the schema. Its text is frozen once it has been released: a later change is a later step. */
export interface Migration {
  /** `0001-findings`: names sort in the order in which they run. */
  readonly name: string;
  /** Run one by one, all steps in one transaction. */
  readonly statements: readonly string[];
}
