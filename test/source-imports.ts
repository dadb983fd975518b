/** What a source imports: other sources, and packages. */

export interface Import {
  /** Path below src. */
  readonly from: string;
  /** A path below src, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
}

const IMPORT = /(?:^|[\s;}])(?:import|export)\b(?:[^'";]*?\bfrom)?\s*\(?\s*['"]([^'"]+)['"]/g;

/** What a source imports: statements, re-exports, `import()` and `new URL(…, import.meta.url)`. */
export function importsOf(from: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const urls = /new URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url/g;
  const imports = [
    ...code.matchAll(IMPORT),
    ...[...code.matchAll(urls)].filter(([, to]) => /\.[jt]s$/.test(to!)),
  ];
  return imports.map(([, to]) => ({
    from,
    to: to!.startsWith('.') ? resolved(from, to!) : packageOf(to!),
    isPackage: !to!.startsWith('.'),
  }));
}

function resolved(from: string, to: string): string {
  const { pathname } = new URL(to, `file:///src/${from}`);
  return pathname.startsWith('/src/') ? pathname.slice('/src/'.length) : `..${pathname}`;
}

function packageOf(name: string): string {
  if (name.startsWith('node:')) return 'node:*';
  const [scope, within] = name.split('/');
  return scope!.startsWith('@') ? `${scope}/${within}` : scope!;
}
