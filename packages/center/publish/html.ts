/**
 * A report as one page that needs nothing else: style inline, no script, bars as SVG, light and dark, A4. All foreign text passes
 * `escape`; everything else is ours.
 */
import { createHash } from 'node:crypto';
import { widthOf } from '@noroshi/kit/width.ts';
import type { Layout, Section, Table } from './layout.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1c1917;--soft:#57534e;--line:#d6d3d1;--paper:#fff;--ember:#c2410c;--bar:#41678a}
@media (prefers-color-scheme:dark){:root{--ink:#f5f5f4;--soft:#a8a29e;--line:#44403c;--paper:#161412;--ember:#fb923c;--bar:#8fb3d4}}
body{margin:0 auto;max-width:64rem;padding:2rem 1.25rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,"Hiragino Sans","Noto Sans JP","Yu Gothic",Meiryo,sans-serif}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1.15rem;margin:2.25rem 0 .25rem}
p{margin:.25rem 0 .75rem;color:var(--soft)}.notice{padding:.5rem .75rem;border:2px solid var(--ember);color:var(--ember);font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:.75rem 0 1.25rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .5rem;border-bottom:1px solid var(--line);text-align:start;vertical-align:baseline}
th{font-weight:600;color:var(--soft);font-size:.85rem}.n{text-align:end;white-space:nowrap}td:not(.n){min-width:6.5em;overflow-wrap:anywhere}
svg{display:block;width:7rem;height:.7rem}rect{fill:var(--bar)}ul{padding-inline-start:1.2rem;color:var(--soft);font-size:.9rem}
@page{size:A4;margin:14mm 12mm}
@media print{td:not(.n){min-width:0}:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--ember:#000;--bar:#555}body{padding:0;max-width:none;font-size:9.5pt}
h2{break-after:avoid}tr,.notice{break-inside:avoid}.wide{overflow:visible}thead{display:table-header-group}svg{width:4.5rem}}
`;

/** For a page that may run nothing and load nothing but its own style. */
export const REPORT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function renderHtml({ language, title, notice, facts, sections, notes }: Layout): string {
  const parts = [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escape(title)}</h1>`,
    ...(notice === '' ? [] : [`<p class="notice">${escape(notice)}</p>`]),
    `<dl>${facts.map(([name, text]) => `<dt>${escape(name)}</dt><dd>${escape(text)}</dd>`).join('')}</dl>`,
    ...sections.map(sectionOf),
    `<ul>${notes.map((note) => `<li>${escape(note)}</li>`).join('')}</ul>`,
    '</main>',
    '</body>',
    '</html>',
  ];
  return `${parts.join('\n')}\n`;
}

function sectionOf({ title, sentence, tables }: Section): string {
  const shown = tables.filter(({ rows }) => rows.length > 0).map((table) => tableOf(table, title));
  return `<section><h2>${escape(title)}</h2>\n<p>${escape(sentence)}</p>\n${shown.join('\n')}</section>`;
}

function tableOf({ columns, rows, shares }: Table, title: string): string {
  const most = Math.max(...shares, 0);
  const hasBars = most > 0;
  const kind = (index: number): string => (columns[index].isNumber ? ' class="n"' : '');
  const heads = columns.map(({ head }, index) => `<th scope="col"${kind(index)}>${escape(head)}</th>`);
  const body = rows.map((row, at) => {
    const cells = row.map((cell, index) => `<td${kind(index)}>${escape(cell)}</td>`);
    return `<tr>${cells.join('')}${hasBars ? `<td>${barOf(shares[at] / most)}</td>` : ''}</tr>`;
  });
  // The bar says nothing that the share does not: it has no head to be read aloud.
  const head = `<thead><tr>${heads.join('')}${hasBars ? '<td></td>' : ''}</tr></thead>`;
  // A table that scrolls must be reachable by keyboard, and then it needs a name.
  return `<div class="wide" role="region" tabindex="0" aria-label="${escape(nameOf(columns, title))}"><table>${head}<tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

function nameOf(columns: Table['columns'], title: string): string {
  const subject = columns.find(({ isNumber }) => !isNumber)?.head ?? '';
  return widthOf(subject) > 0 ? `${title}: ${subject}` : title;
}

function barOf(part: number): string {
  const width = Math.round(Math.min(1, Math.max(0, part)) * 1000) / 10;
  return `<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="10"/></svg>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
