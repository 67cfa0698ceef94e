import type { Transaction } from '#domain/storage.ts';
import type { FieldTable } from './field-rules.ts';
import type { ReferenceType } from './reference-types.ts';

/** A row as Prisma gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** Something that hangs from a row, and what becomes of it when the row is deleted. */
export interface Dependent {
  /** Name of its type in the schema. */
  type: string;
  count: (tx: Transaction, id: string) => Promise<number>;
  /** Deletes it with the row, where that was asked for; a dependent without this one always keeps the row from being deleted. */
  remove?: (tx: Transaction, id: string) => Promise<unknown>;
}

/** One kind of thing that administrators keep: its fields, what must be unique, and what hangs from it. */
export interface Kind {
  type: ReferenceType;
  fields: FieldTable;
  unique: readonly { columns: readonly string[]; field: string }[];
  /** In the order in which they are deleted. */
  dependents: readonly Dependent[];
  /**
   * Rules over several fields. Gets the row as it will be and what was said of it, and answers with further columns to write.
   *
   * @throws {InvalidInputError}
   */
  settle?: (tx: Transaction, row: Row, changed: Row, id: string | null) => Promise<Row>;
  /** What is kept in other tables. Gets what was said of the fields that `fields` leaves to it. */
  writeRest?: (tx: Transaction, id: string, rest: Row) => Promise<void>;
  /** Fields of the input that `writeRest` takes. */
  rest?: readonly string[];
  /** Condition, in SQL over `clients`, on the machines that go with the row: locked before anything is counted. */
  clientsGoBy?: 'id' | 'room_id' | 'center_id';
  /** A row that may not be deleted whatever hangs from it. @throws {DomainError} */
  checkDelete?: (tx: Transaction, row: Row) => Promise<void>;
}
