/** One step of the schema. Its text is frozen once it has been released: a later change is a later step. */
export interface Migration {
  /** `0001-rows`: names sort in the order in which they run. */
  readonly name: string;
  /** Run one by one. Each must do nothing when it was already done: a kill may come between it and its record. */
  readonly statements: (place: Place) => readonly string[];
}

/** Where and how the schema is made; fixed for the life of a database. */
export interface Place {
  /** Days of the roll-ups begin so many minutes before UTC's: 540 for Japan. */
  readonly offset_minutes: number;
}
