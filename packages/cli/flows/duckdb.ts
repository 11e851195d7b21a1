/** What a reader of our Parquet files needs in DuckDB, which shows an address as 16 bytes: IPv4 stands in ::ffff:0:0/96. */
export const DUCKDB_ADDRESS = String.raw`CREATE MACRO ip(b) AS CASE
  WHEN hex(b) LIKE '00000000000000000000FFFF%'
  THEN concat_ws('.', ('0x' || substr(hex(b), 25, 2))::INT, ('0x' || substr(hex(b), 27, 2))::INT,
                      ('0x' || substr(hex(b), 29, 2))::INT, ('0x' || substr(hex(b), 31, 2))::INT)
  ELSE rtrim(regexp_replace(lower(hex(b)), '(....)', '\1:', 'g'), ':') END;`;
