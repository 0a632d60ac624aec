// Bundles the page's script and style sheet into the folder given, and writes the
// licences of what is in them beside them.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const out = process.argv[2];

// plain keeps out of the page what its Content-Security-Policy would refuse.
const plain = {
  name: 'plain',
  setup({ onLoad, onResolve }) {
    // Fonts, as data: URLs.
    onLoad({ filter: /graphiql\/dist\/style\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/@font-face\s*{[^}]*}/g, ''),
      loader: 'css',
    }));
    // <style> elements, which stop the page from scrolling under a dialog. It does not scroll.
    onResolve({ filter: /^react-style-singleton$/ }, ({ path }) => ({ path, namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export const styleSingleton = () => () => null;' }));
  },
};

const { metafile } = await build({
  entryPoints: { graphiql: 'main.jsx' },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  jsx: 'automatic',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  banner: { js: '/* Licences: /playground/LICENSES */', css: '/* Licences: /playground/LICENSES */' },
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [plain],
  metafile: true,
  logLevel: 'warning',
});

// Packages that come without a licence's text, and one of the same author and licence that has it.
const kin = {
  '@graphiql/plugin-doc-explorer': 'graphiql',
  '@graphiql/plugin-history': 'graphiql',
  'react-compiler-runtime': 'react',
  'react-remove-scroll-bar': 'react-remove-scroll',
  'toggle-selection': 'copy-to-clipboard',
};

function licence(folder) {
  const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
  if (file) return readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim();
  const other = kin[folder.replace('node_modules/', '')];
  if (other) return licence(join('node_modules', other));
  throw new Error(`${folder} has no licence's text`);
}

const folders = Object.keys(metafile.inputs).map((file) => file.match(/^(.*node_modules\/)(@[^/]+\/)?[^/]+/)?.[0]);
const under = new Map(); // a licence's text: the packages under it
for (const folder of [...new Set(folders)].filter(Boolean).sort()) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const text = licence(folder);
  under.set(text, [...(under.get(text) ?? []), `${name} ${version}`]);
}
const parts = [...under].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
writeFileSync(
  join(out, 'LICENSES'),
  `graphiql.js and graphiql.css are made of these packages, under these licences.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`,
);
