import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandLine } from '../../../src/system/docker/command-line.ts';
import { serviceCommand, serviceSettings } from '../../../src/system/docker/unit-file.ts';

const VENDOR = '[Unit]\nDescription=Docker\n[Service]\nType=notify\nExecStart=/usr/bin/dockerd -H fd://\n';

function command(...texts: string[]) {
  const files: Readonly<Record<string, string>> = { '/etc/conf.d/docker': 'DOCKER_OPTS="-s btrfs"\n' };
  return serviceCommand(
    texts.map((text, at) => ({ path: `/unit/${at}`, text })),
    (path) => files[path] ?? null,
  );
}

function driver(...texts: string[]): string | null {
  const options = commandLine(command(...texts)?.args ?? []);
  return options.findLast(({ name }) => name === 'storage-driver')?.value ?? null;
}

test('a drop-in that resets ExecStart replaces it', () => {
  const dropIn =
    '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H fd:// \\\n  # why: the old machine\n  --storage-driver=aufs\n';
  assert.equal(driver(VENDOR), null);
  assert.equal(driver(VENDOR, dropIn), 'aufs');
  assert.equal(command(VENDOR, dropIn)?.path, '/unit/1');
  // Without the empty assignment it is a second command, which systemd refuses for such a service.
  assert.equal(driver(VENDOR, dropIn.replace('ExecStart=\n', '')), null);
});

test('variables from Environment and EnvironmentFile', () => {
  const unit = VENDOR.replace('-H fd://', '-H fd:// $DOCKER_OPTS');
  assert.equal(driver(unit), null);
  assert.equal(driver(unit, '[Service]\nEnvironment="DOCKER_OPTS=-s aufs" OTHER=1\n'), 'aufs');
  assert.equal(driver(unit, '[Service]\nEnvironment="DOCKER_OPTS=-s aufs"\nEnvironment=\n'), null);
  assert.equal(driver(unit, '[Service]\nEnvironmentFile=-/etc/conf.d/docker\n'), 'btrfs');
  assert.equal(driver(unit, '[Service]\nEnvironmentFile=-/missing\n'), null);
  const inPlace = VENDOR.replace('-H fd://', `--storage-driver=\${DRIVER}`);
  assert.equal(driver(inPlace, '[Service]\nEnvironment=DRIVER=zfs\n'), 'zfs');
});

test('prefixes, other sections, comments', () => {
  assert.equal(driver('[Service]\nExecStart=@/usr/bin/dockerd dockerd -s aufs\n'), 'aufs');
  assert.equal(driver('[Service]\nExecStart=-/usr/bin/dockerd -s aufs\n'), 'aufs');
  assert.equal(driver('[Install]\nExecStart=/usr/bin/dockerd -s aufs\n'), null);
  assert.deepEqual(serviceSettings('[Service]\n;A=1\n#B=2\n C = 3 \nnothing\n=4\n'), [
    { key: 'C', value: '3' },
  ]);
});

test('any text gives an answer', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('E', '=', '"', '$', '{', '}', '\\', '\n', ' ', '[', ']', '-', '@'),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), hostile), { maxLength: 4 }), (texts) => {
      command(...texts.map((text) => `[Service]\nExecStart=/usr/bin/dockerd ${text}`));
    }),
  );
});

test('a unit that would expand to gigabytes stays small', { timeout: 20_000 }, () => {
  const value = `"A=${'x '.repeat(30_000)}"`;
  const unit = `[Service]\nEnvironment=${value}\nExecStart=/usr/bin/dockerd ${'$A '.repeat(20_000)}${`\${A}`.repeat(20_000)}\n`;
  const made = command(
    unit,
    ...Array.from({ length: 20 }, () => `[Service]\n${'Environment=B=1\n'.repeat(10_000)}`),
  );
  assert.ok((made?.args.join('').length ?? 0) < 64 * 1024 * 1024);
});
