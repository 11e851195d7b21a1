/** SQL texts of our own values. What comes from outside goes through query parameters (`{name:Type}`) and never through here. */

/** A string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * Settings of an insert: everything it brings to a table is one part, the source's part stands before its views begin, and no
 * deduplication but ours takes place. Views give what is aggregated already, so that nothing is gained by merging on insert, which
 * would cost more than the rest of a million sources.
 */
export const ONE_PART = [
  'async_insert = 0',
  'insert_deduplicate = 0',
  'max_insert_threads = 1',
  'max_threads = 2',
  'max_insert_block_size = 2000000',
  'min_insert_block_size_rows = 2000000',
  'min_insert_block_size_bytes = 0',
  'min_insert_block_size_rows_for_materialized_views = 100000000',
  'min_insert_block_size_bytes_for_materialized_views = 0',
  'wait_for_part_commit_in_dependent_materialized_views = 1',
  'parallel_view_processing = 1',
  'optimize_on_insert = 0',
].join(', ');
