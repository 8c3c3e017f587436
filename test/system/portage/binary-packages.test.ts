import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takesBinaryPackages } from '../../../src/system/portage/binary-packages.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

function withMakeConf(files: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory();
  layOut(directory, files);
  return takesBinaryPackages(openRoot(directory));
}

function usesBinaries(text: string): boolean | null {
  const fact = withMakeConf({ 'etc/portage/make.conf': text });
  return fact.known ? fact.value : null;
}

test('make.conf shows whether emerge uses binary packages by default', () => {
  for (const options of ['--usepkg', '-k', '--getbinpkg=y', '-avg', '--quiet -1k', '--usepkg=n --usepkg y'])
    assert.equal(usesBinaries(`EMERGE_DEFAULT_OPTS="${options}"\n`), true, options);
  for (const options of [
    '',
    '--keep-going --jobs=4',
    '--usepkg=n',
    '-k n',
    '--usepkg-exclude kde-*/*',
    '-j4',
  ])
    assert.equal(usesBinaries(`EMERGE_DEFAULT_OPTS="${options}"\n`), false, options);
  assert.equal(usesBinaries('FEATURES="buildpkg getbinpkg"\n'), true);
  assert.equal(usesBinaries('FEATURES="getbinpkg"\nFEATURES="$FEATURES -getbinpkg"\n'), false);
  assert.equal(usesBinaries('# FEATURES="getbinpkg"\n'), false);
});

test('the FEATURES of several files add up, and the options of the last one count', () => {
  const parts = {
    'etc/portage/make.conf/10': 'FEATURES="getbinpkg"\nEMERGE_DEFAULT_OPTS="-k"\n',
    'etc/portage/make.conf/20': 'FEATURES="ccache"\nEMERGE_DEFAULT_OPTS="-a"\n',
  };
  assert.deepEqual(withMakeConf(parts), { known: true, value: true });
  const without = { ...parts, 'etc/portage/make.conf/30': 'FEATURES="-getbinpkg"\n' };
  assert.deepEqual(withMakeConf(without), { known: true, value: false });
});

test('without make.conf emerge does not; if it cannot be read that is unknown', () => {
  assert.deepEqual(withMakeConf({}), { known: true, value: false });
  assert.equal(usesBinaries('x'.repeat(300_000)), null);
});
