/**
 * Builds the guide: docs/**.md as static pages in dist/guide, with one contents list. Part of `npm run build`.
 *
 * Links between documents become links between pages; a link that leads out of docs/ is left as its text, because the
 * service does not serve the repository.
 */

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Marked } from 'marked';

const DOCS = join(import.meta.dirname, '../../docs');
const TARGET = join(import.meta.dirname, '../guide');

/** The contents, in the order of reading. Documents that are not named stand under "Reference". */
const CONTENTS: readonly (readonly [heading: string, pages: readonly string[]])[] = [
  ['Start', ['guide/start', 'guide/problem', 'guide/trees', 'guide/glossary']],
  [
    'Use it',
    [
      'guide/tutorial',
      'target',
      'restore',
      'guide/images',
      'guide/api-examples',
      'guide/diagnostics',
      'guide/errors',
    ],
  ],
  ['Run it', ['operations', 'settings', 'agents', 'target', 'benchmarks']],
  ['How it works', ['guide/how-it-works', 'guide/kernel-rules', 'proofs', 'grafts', 'guide/comparison']],
  ['Go deeper', ['architecture', 'namespaces', 'caba', 'sharing', 'births-format']],
];

interface Page {
  /** Path below docs/, without `.md`. */
  readonly path: string;
  readonly title: string;
  readonly markdown: string;
}

/** Address of a document: `guide/start` is `/guide/start`, `reference/theory` is `/guide/reference/theory`. */
export function addressOf(path: string): string {
  return `/guide/${path.replace(/^guide\//, '')}`;
}

/** The anchor of a heading, as readers of Markdown on the web know it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

export function documents(): Page[] {
  return readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => {
      const markdown = readFileSync(join(DOCS, file), 'utf8');
      const path = file.slice(0, -3);
      return { path, title: /^# (.+)$/m.exec(markdown)?.[1] ?? path, markdown };
    });
}

function buildGuide(): void {
  rmSync(TARGET, { recursive: true, force: true });
  const pages = documents();
  const known = new Set(pages.map(({ path }) => path));
  for (const page of pages) {
    const file = join(TARGET, `${addressOf(page.path).slice('/guide/'.length)}.html`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, frame(page, contentsFor(pages, page), bodyOf(page, known)));
  }
  copyFileSync(join(TARGET, 'start.html'), join(TARGET, 'index.html'));
  const pictures = join(DOCS, 'pictures');
  mkdirSync(join(TARGET, 'pictures'), { recursive: true });
  for (const name of readdirSync(pictures))
    copyFileSync(join(pictures, name), join(TARGET, 'pictures', name));
}

function bodyOf({ path, markdown }: Page, known: ReadonlySet<string>): string {
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const address = resolved(path, href, known);
        return address === null ? inner : `<a href="${address}">${inner}</a>`;
      },
      image({ href, text }) {
        return `<img src="${resolved(path, href, known) ?? ''}" alt="${text.replaceAll('"', '&quot;')}">`;
      },
      table(token) {
        const cells = (row: typeof token.header, tag: string): string =>
          row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('');
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
        return `<div class="wide"><table><thead><tr>${cells(token.header, 'th')}</tr></thead><tbody>${rows}</tbody></table></div>`;
      },
    },
  });
  return marked.parse(markdown, { async: false });
}

/** Null where the target is not served. */
function resolved(from: string, href: string, known: ReadonlySet<string>): string | null {
  if (/^[a-z]+:/.test(href) || href.startsWith('#') || href.startsWith('/')) return href;
  const [file = '', anchor] = href.split('#');
  const path = join(dirname(from), file);
  if (path.startsWith('..')) return null;
  if (extname(path) === '.md') {
    if (!known.has(path.slice(0, -3))) return null;
    return addressOf(path.slice(0, -3)) + (anchor ? `#${anchor}` : '');
  }
  return path.startsWith('pictures/') ? `/guide/${path}` : null;
}

function contentsFor(pages: readonly Page[], current: Page): string {
  const named = new Set(CONTENTS.flatMap(([, paths]) => paths));
  const more = pages.filter(({ path }) => !named.has(path)).map(({ path }) => path);
  const sections = [...CONTENTS, ['Reference', more] as const];
  return sections
    .map(([heading, paths]) => {
      const links = paths.flatMap((path) => {
        const page = pages.find((candidate) => candidate.path === path);
        if (!page) return [];
        const here = page === current ? ' aria-current="page"' : '';
        return [`<li><a href="${addressOf(path)}"${here}>${escaped(shortTitle(page))}</a></li>`];
      });
      return `<h2>${heading}</h2><ul>${links.join('')}</ul>`;
    })
    .join('');
}

/** What stands before the colon. */
function shortTitle({ title }: Page): string {
  return title.split(': ')[0]!;
}

function frame({ title }: Page, contents: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Regraft</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/style.css">
</head>
<body class="guide">
<a class="skip" href="#main">To the content</a>
<header><a class="brand" href="/"><img src="/page/icon.svg" alt="" width="28" height="28">Regraft</a>
<nav aria-label="Site"><a href="/">Plan a tree</a><a href="/docs/">API</a></nav></header>
<div class="columns"><nav class="contents" aria-label="Contents">${contents}</nav>
<main id="main">${body}</main></div>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) buildGuide();

/** For tests: where a document's file is, from the top of the project. */
export function fileOf(path: string): string {
  return relative(join(DOCS, '..'), join(DOCS, `${path}.md`));
}
