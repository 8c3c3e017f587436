import type { Configuration } from './configuration.ts';

function json(value: object): string {
  return JSON.stringify(value);
}

function driver(name: string, ...options: string[]): string {
  return json({ 'storage-driver': name, ...(options.length > 0 ? { 'storage-opts': options } : {}) });
}

/** Compared with Debian's docker.io 20.10. */
export const CONFIGURATIONS: readonly Configuration[] = [
  // Nothing is requested, and no data exists.
  { name: 'nothing on tmpfs', ends: 'overlay2' },
  { name: 'nothing on ext4', disk: 'ext4', ends: 'overlay2' },
  { name: 'nothing on btrfs', disk: 'btrfs', ends: 'btrfs' },
  { name: 'nothing on xfs', disk: 'xfs', ends: 'overlay2' },
  { name: 'nothing on ext4 without d_type', disk: 'ext4-plain', ends: 'vfs' },
  { name: 'nothing on overlay', disk: 'overlay', ends: 'vfs' },
  {
    name: 'nothing on overlay, with the program',
    disk: 'overlay',
    program: 'fuse-overlayfs',
    ends: 'fuse-overlayfs',
  },
  {
    name: 'nothing on ext4, btrfs at its own directory',
    disk: 'ext4',
    home: { driver: 'btrfs', disk: 'btrfs' },
    ends: 'btrfs',
  },
  { name: 'an empty file', daemonJson: '', ends: 'refuses configuration malformed' },
  { name: 'an empty object', daemonJson: '{}', ends: 'overlay2' },

  // A driver is requested, in every place.
  { name: 'vfs in the file', daemonJson: driver('vfs'), ends: 'vfs' },
  { name: 'vfs by option', options: '-s vfs', ends: 'vfs' },
  { name: 'the last option counts', options: '--storage-driver=aufs -svfs', ends: 'vfs' },
  { name: 'vfs by the variable', variable: 'vfs', ends: 'vfs' },
  { name: 'the variable before the option', variable: 'vfs', options: '-s overlay2', ends: 'vfs' },
  { name: 'the variable before the file', variable: 'overlay', daemonJson: driver('aufs'), ends: 'overlay' },
  { name: 'overlay', daemonJson: driver('overlay'), ends: 'overlay' },
  { name: 'overlay on btrfs', disk: 'btrfs', daemonJson: driver('overlay'), ends: 'overlay' },
  { name: 'overlay2 on btrfs', disk: 'btrfs', daemonJson: driver('overlay2'), ends: 'overlay2' },
  {
    name: 'overlay2 on overlay',
    disk: 'overlay',
    daemonJson: driver('overlay2'),
    ends: 'refuses lack filesystem',
  },
  {
    name: 'overlay2 at an ext4 of its own',
    disk: 'overlay',
    home: { driver: 'overlay2', disk: 'ext4' },
    daemonJson: driver('overlay2'),
    ends: 'overlay2',
  },
  { name: 'btrfs on ext4', disk: 'ext4', daemonJson: driver('btrfs'), ends: 'refuses lack filesystem' },
  {
    name: 'btrfs on a btrfs of its own',
    disk: 'ext4',
    home: { driver: 'btrfs', disk: 'btrfs' },
    daemonJson: driver('btrfs'),
    ends: 'btrfs',
  },
  {
    name: 'btrfs, with an ext4 at its directory',
    disk: 'btrfs',
    home: { driver: 'btrfs', disk: 'ext4' },
    daemonJson: driver('btrfs'),
    ends: 'refuses lack filesystem',
  },
  { name: 'aufs without AUFS', daemonJson: driver('aufs'), ends: 'refuses lack kernel' },
  {
    name: 'devicemapper without thin pools',
    daemonJson: driver('devicemapper'),
    ends: 'refuses lack kernel',
  },
  { name: 'zfs without the program', daemonJson: driver('zfs'), ends: 'refuses lack program' },
  { name: 'zfs without its module', program: 'zfs', daemonJson: driver('zfs'), ends: 'refuses lack kernel' },
  {
    name: 'fuse-overlayfs without the program',
    daemonJson: driver('fuse-overlayfs'),
    ends: 'refuses lack program',
  },
  {
    name: 'fuse-overlayfs',
    program: 'fuse-overlayfs',
    daemonJson: driver('fuse-overlayfs'),
    ends: 'fuse-overlayfs',
  },
  { name: 'a driver that there is not', daemonJson: driver('nonsense'), ends: 'refuses lack engine' },
  { name: 'a driver in capitals', daemonJson: driver('VFS'), ends: 'refuses lack engine' },

  // d_type.
  {
    name: 'overlay2 without d_type',
    disk: 'ext4-plain',
    daemonJson: driver('overlay2'),
    ends: 'refuses lack d-type',
  },
  {
    name: 'overlay without d_type',
    disk: 'ext4-plain',
    daemonJson: driver('overlay'),
    ends: 'refuses lack d-type',
  },
  {
    name: 'overlay2 without d_type, with data',
    disk: 'ext4-plain',
    data: ['overlay2'],
    daemonJson: driver('overlay2'),
    ends: 'overlay2',
  },
  { name: 'data of overlay2 without d_type', disk: 'ext4-plain', data: ['overlay2'], ends: 'overlay2' },
  {
    name: 'an empty directory of overlay2 without d_type',
    disk: 'ext4-plain',
    empty: ['overlay2'],
    daemonJson: driver('overlay2'),
    ends: 'refuses lack d-type',
  },
  {
    name: 'a home with d_type on a root without',
    disk: 'ext4-plain',
    home: { driver: 'overlay2', disk: 'ext4' },
    daemonJson: driver('overlay2'),
    ends: 'overlay2',
  },

  // Existing data.
  { name: 'data of overlay2 on btrfs', disk: 'btrfs', data: ['overlay2'], ends: 'overlay2' },
  { name: 'data of vfs alone', data: ['vfs'], ends: 'overlay2' },
  { name: 'data of overlay', data: ['overlay'], ends: 'overlay' },
  { name: 'data of aufs', data: ['aufs'], ends: 'refuses lack kernel' },
  { name: 'data of btrfs on ext4', disk: 'ext4', data: ['btrfs'], ends: 'refuses lack filesystem' },
  { name: 'data of overlay2 and overlay', data: ['overlay', 'overlay2'], ends: 'refuses several' },
  { name: 'data of overlay2 and aufs', data: ['aufs', 'overlay2'], ends: 'refuses several' },
  { name: 'data of overlay2 and vfs', data: ['overlay2', 'vfs'], ends: 'overlay2' },
  {
    name: 'data of btrfs and overlay2 on ext4',
    disk: 'ext4',
    data: ['btrfs', 'overlay2'],
    ends: 'refuses lack filesystem',
  },
  {
    name: 'several, and one requested',
    data: ['aufs', 'overlay2', 'btrfs'],
    daemonJson: driver('vfs'),
    ends: 'vfs',
  },
  { name: 'empty directories', empty: ['aufs', 'btrfs', 'overlay'], ends: 'overlay2' },

  // Storage options.
  {
    name: 'options of devicemapper with overlay2',
    daemonJson: driver('overlay2', 'dm.basesize=20G'),
    ends: 'refuses lack option',
  },
  {
    name: 'options of devicemapper and no driver',
    daemonJson: json({ 'storage-opts': ['dm.basesize=20G'] }),
    ends: 'refuses lack option',
  },
  {
    name: 'options of overlay2 and no driver on btrfs',
    disk: 'btrfs',
    daemonJson: json({ 'storage-opts': ['overlay2.override_kernel_check=true'] }),
    ends: 'refuses lack option',
  },
  {
    name: 'override_kernel_check',
    daemonJson: driver('overlay2', 'overlay2.override_kernel_check=true'),
    ends: 'overlay2',
  },
  {
    name: 'overlay2.size on ext4',
    disk: 'ext4',
    daemonJson: driver('overlay2', 'overlay2.size=10G'),
    ends: 'refuses lack option',
  },
  {
    name: 'overlay2.size that is no size',
    daemonJson: driver('overlay2', 'overlay2.size=much'),
    ends: 'refuses lack option',
  },
  {
    name: 'an option in capitals',
    daemonJson: driver('overlay2', 'OVERLAY2.override_kernel_check=true'),
    ends: 'overlay2',
  },
  {
    name: 'an option without a value',
    options: '-s overlay2 --storage-opt overlay2.size',
    ends: 'refuses lack option',
  },
  {
    name: 'an option of vfs that there is not',
    daemonJson: driver('vfs', 'overlay2.size=1G'),
    ends: 'refuses lack option',
  },
  {
    name: 'btrfs.min_space',
    disk: 'btrfs',
    daemonJson: driver('btrfs', 'btrfs.min_space=1G'),
    ends: 'btrfs',
  },
  {
    name: 'fuse-overlayfs reads no options',
    program: 'fuse-overlayfs',
    daemonJson: driver('fuse-overlayfs', 'dm.basesize=20G'),
    ends: 'fuse-overlayfs',
  },

  // Contradictory, unknown or invalid settings.
  {
    name: 'the driver twice',
    daemonJson: driver('vfs'),
    options: '-s vfs',
    ends: 'refuses configuration given-twice',
  },
  {
    name: 'the driver twice, once empty',
    daemonJson: driver(''),
    options: '-s vfs',
    ends: 'refuses configuration given-twice',
  },
  {
    name: 'hosts twice',
    daemonJson: json({ hosts: ['unix:///run/other.sock'] }),
    ends: 'refuses configuration given-twice',
  },
  {
    name: 'storage-opts twice',
    daemonJson: json({ 'storage-opts': [] }),
    options: '--storage-opt a=b',
    ends: 'refuses configuration given-twice',
  },
  { name: 'graph', daemonJson: json({ graph: '/srv/graph', 'storage-driver': 'vfs' }), ends: 'vfs' },
  {
    name: 'graph with data',
    daemonJson: json({ graph: '/var/lib/graph' }),
    dataRoot: '/var/lib/graph',
    data: ['overlay'],
    ends: 'overlay',
  },
  {
    name: '-g with data',
    options: '-g /var/lib/graph',
    dataRoot: '/var/lib/graph',
    data: ['overlay'],
    ends: 'overlay',
  },
  {
    name: '-g and data-root: the file counts',
    options: '-g /var/lib/graph',
    daemonJson: json({ 'data-root': '/var/lib/root' }),
    dataRoot: '/var/lib/root',
    data: ['overlay'],
    ends: 'overlay',
  },
  {
    name: '--data-root and graph: the file counts',
    options: '--data-root /var/lib/root',
    daemonJson: json({ graph: '/var/lib/graph' }),
    dataRoot: '/var/lib/graph',
    data: ['overlay'],
    ends: 'overlay',
  },
  {
    name: 'graph and data-root',
    daemonJson: json({ graph: '/a', 'data-root': '/b' }),
    ends: 'refuses configuration graph-and-data-root',
  },
  {
    name: '-g and --data-root',
    options: '-g /a --data-root /b',
    ends: 'refuses configuration graph-and-data-root',
  },
  {
    name: '-g and graph',
    options: '-g /a',
    daemonJson: json({ graph: '/b' }),
    ends: 'refuses configuration given-twice',
  },
  {
    name: 'a setting of later engines',
    daemonJson: json({ proxies: { 'http-proxy': 'http://x' } }),
    ends: 'refuses configuration unknown-directives',
  },
  {
    name: 'a setting in capitals',
    daemonJson: json({ 'Storage-Driver': 'vfs' }),
    ends: 'refuses configuration unknown-directives',
  },
  { name: 'an option of later engines', options: '--validate', ends: 'refuses configuration unknown-option' },
  {
    name: 'a driver that is a list',
    daemonJson: json({ 'storage-driver': ['vfs'] }),
    ends: 'refuses configuration wrong-type',
  },
  {
    name: 'storage-opts that are no list',
    daemonJson: json({ 'storage-opts': 'a=b' }),
    ends: 'refuses configuration wrong-type',
  },
  {
    name: 'debug that is a text',
    daemonJson: json({ debug: 'true' }),
    ends: 'refuses configuration wrong-type',
  },
  { name: 'null', daemonJson: '{"storage-driver": null}', ends: 'overlay2' },
  { name: 'a comma too many', daemonJson: '{"debug": true,}', ends: 'refuses configuration malformed' },
  { name: 'a list', daemonJson: '[]', ends: 'refuses configuration malformed' },
  { name: 'text after the object', daemonJson: `${driver('vfs')} and more`, ends: 'vfs' },
  {
    name: 'a byte order mark',
    daemonJson: `\uFEFF${driver('vfs')}`,
    ends: 'refuses configuration malformed',
  },
  {
    name: 'another file',
    options: '--config-file /etc/docker/other.json',
    files: { 'docker/other.json': driver('vfs') },
    daemonJson: driver('aufs'),
    ends: 'vfs',
  },
  {
    name: 'another file that is not there',
    options: '--config-file /etc/docker/other.json',
    ends: 'refuses configuration missing-file',
  },
  {
    name: 'features are passed over',
    daemonJson: json({ features: { 'containerd-snapshotter': true } }),
    ends: 'overlay2',
  },

  // User namespaces.
  {
    name: 'userns-remap with data',
    daemonJson: json({ 'userns-remap': 'remapped' }),
    dataRoot: '/var/lib/docker/165536.165536',
    data: ['overlay'],
    files: {
      passwd: 'root:x:0:0:root:/root:/bin/sh\nremapped:x:990:990::/:/bin/false\n',
      group: 'root:x:0:\nremapped:x:990:\n',
      subuid: 'remapped:165536:65536\n',
      subgid: 'remapped:165536:65536\n',
    },
    ends: 'overlay',
  },
];
