import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvOf } from './csv.ts';

/** RFC 4180, read back the obvious way. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (isQuoted) {
      if (text[at] !== '"') field += text[at];
      else if (text[at + 1] === '"') field += text[++at];
      else isQuoted = false;
    } else if (text[at] === '"') isQuoted = true;
    else if (text[at] === ',') {
      row.push(field);
      field = '';
    } else if (text.startsWith('\r\n', at)) {
      rows.push([...row, field]);
      [row, field] = [[], ''];
      at++;
    } else field += text[at];
  }
  return rows;
}

test('csvOf: whatever stands in a field is read back, a formula with a quotation mark in front', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      const [head, row] = parse(csvOf({ head: cells.map(() => 'x'), rows: [cells] }, false));
      assert.equal(head?.length, cells.length);
      for (const [index, cell] of cells.entries()) {
        const read = row?.[index] ?? '';
        assert.ok(read === cell || read === `'${cell}`);
        assert.doesNotMatch(read, /^[=+\-@\t\r\n]/);
      }
    }),
  );
});

test('csvOf: numbers stay numbers, null is empty, a byte order mark only when asked for', () => {
  const table = { head: ['a', 'b', 'c'], rows: [[-1.5, null, true]] };
  assert.equal(csvOf(table, false), 'a,b,c\r\n-1.5,,true\r\n');
  assert.equal(csvOf(table, true), '\uFEFFa,b,c\r\n-1.5,,true\r\n');
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1']) {
    assert.ok(csvOf({ head: ['a'], rows: [[formula]] }, false).includes(`'${formula}`), formula);
  }
});
