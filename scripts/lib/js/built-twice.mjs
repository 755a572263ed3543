// Which crates cargo builds twice for the workspace, and why. Builds nothing.
//   node scripts/lib/js/built-twice.mjs           tells them
//   node scripts/lib/js/built-twice.mjs --toml    prints dependencies for runtime/unified-features
import { spawnSync } from 'node:child_process';

const ROOT = new URL('../../..', import.meta.url).pathname;

/** Only macros use these, and those are for the builder in any case. */
const MACROS = ['macro_magic'];

/** All that cargo would do, as it plans it; stable cargo tells that only when asked as a nightly. */
const plan = () => {
  const args = [
    'build', '--release', '--workspace', '--exclude', 'pogcs-bench-aura', '--exclude', 'pogcs-bench-aura-runtime',
    '--bins', '--tests', '--unit-graph', '-Z', 'unstable-options',
  ];
  const { status, stdout, stderr } = spawnSync('cargo', args, {
    cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 30, env: { ...process.env, RUSTC_BOOTSTRAP: '1' },
  });
  if (status !== 0) throw new Error(`cargo: ${stderr}`);
  return JSON.parse(stdout).units;
};

/** Name and version in a package's id: `registry+https://..#name@1.2.3`, `path+file://../name#1.2.3`. */
const named = (id) => {
  const [place, rest] = id.split('#');
  const [name, version] = rest.includes('@') ? rest.split('@') : [place.split('/').at(-1), rest];
  return { name, version };
};

const libraries = plan().filter(({ mode, target }) => mode === 'build' && ['lib', 'rlib'].includes(target.kind[0]));
const builds = Map.groupBy?.(libraries, (unit) => unit.pkg_id)
  ?? libraries.reduce((all, unit) => all.set(unit.pkg_id, [...(all.get(unit.pkg_id) ?? []), unit]), new Map());

const twice = [...builds]
  .filter(([, units]) => units.length > 1)
  .map(([id, units]) => {
    const sets = units.map(({ features }) => new Set(features));
    const all = [...new Set(units.flatMap(({ features }) => features))].sort();
    return { ...named(id), all, differ: all.filter((feature) => !sets.every((set) => set.has(feature))) };
  })
  .filter(({ name }) => !MACROS.includes(name))
  .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));

const causes = twice.filter(({ differ }) => differ.length > 0);
if (process.argv.includes('--toml')) {
  for (const { name, version, all } of causes) {
    const many = causes.filter((other) => other.name === name).length > 1;
    const key = many ? `${name}-${version.split('.').slice(0, 2).join('-')}` : name;
    const features = all.map((feature) => `"${feature}"`).join(', ');
    const rename = many ? `package = "${name}", ` : '';
    console.log(`${key} = { ${rename}version = "${version}", default-features = false, features = [${features}] }`);
  }
} else {
  for (const { name, version, differ } of causes) console.log(`${name} ${version}: ${differ.join(', ')}`);
  console.log(`${twice.length} crates are built twice, ${causes.length} of them because their features differ`);
}
