/**
 * The options of dockerd and the names of the same settings in daemon.json, by the version of the engine. Source: moby,
 * cmd/dockerd/{config,config_unix,options}.go of the branches 19.03, 20.10, 23.0, 24.0, 25.0, 26.1, 27.x and 28.x, and
 * daemon/command of docker-29.x.
 */
export interface DockerdOption {
  /** Behind `--`. */
  readonly name: string;
  /** Behind `-`; null: none. */
  readonly letter: string | null;
  /** `flag` has no value on the command line. The others are the types that daemon.json requires; `any` is not checked. */
  readonly kind: OptionKind;
  /** Its name in daemon.json. */
  readonly directive: string;
  /** The first engine that has it; null: all known ones have it. */
  readonly since: string | null;
  /** The first engine without it; null: none. */
  readonly until: string | null;
}

export type OptionKind = 'flag' | 'text' | 'number' | 'list' | 'map' | 'any';

type Row = readonly [name: string, kind: OptionKind, more?: Partial<DockerdOption>];

const ROWS: readonly Row[] = [
  ['add-runtime', 'map', { directive: 'runtimes' }],
  ['allow-direct-routing', 'flag', { since: '28.0' }],
  ['allow-nondistributable-artifacts', 'list', { until: '29.0' }],
  ['api-cors-header', 'text', { until: '29.0' }],
  ['authorization-plugin', 'list', { directive: 'authorization-plugins' }],
  ['bip', 'text'],
  ['bip6', 'text', { since: '28.0' }],
  ['bridge', 'text', { letter: 'b' }],
  ['bridge-accept-fwmark', 'text', { since: '29.0' }],
  ['cdi-spec-dir', 'list', { directive: 'cdi-spec-dirs', since: '25.0' }],
  ['cgroup-parent', 'text'],
  ['cluster-advertise', 'text', { until: '24.0' }],
  ['cluster-store', 'text', { until: '24.0' }],
  ['cluster-store-opt', 'map', { directive: 'cluster-store-opts', until: '24.0' }],
  ['config-file', 'any'],
  ['containerd', 'text'],
  ['containerd-namespace', 'text'],
  ['containerd-plugins-namespace', 'text'],
  ['cpu-rt-period', 'number'],
  ['cpu-rt-runtime', 'number'],
  ['cri-containerd', 'flag'],
  ['data-root', 'text'],
  ['debug', 'flag', { letter: 'D' }],
  ['default-address-pool', 'any', { directive: 'default-address-pools' }],
  ['default-cgroupns-mode', 'text', { since: '20.10' }],
  ['default-gateway', 'text'],
  ['default-gateway-v6', 'text'],
  ['default-ipc-mode', 'text'],
  ['default-network-opt', 'map', { directive: 'default-network-opts', since: '24.0' }],
  ['default-runtime', 'text'],
  ['default-shm-size', 'any'],
  ['default-stop-timeout', 'number', { since: '29.0' }],
  ['default-ulimit', 'map', { directive: 'default-ulimits' }],
  ['dns', 'list'],
  ['dns-opt', 'list', { directive: 'dns-opts' }],
  ['dns-search', 'list'],
  ['exec-opt', 'list', { directive: 'exec-opts' }],
  ['exec-root', 'text'],
  ['experimental', 'flag'],
  ['feature', 'map', { directive: 'features', since: '27.0' }],
  ['firewall-backend', 'text', { since: '29.0' }],
  ['fixed-cidr', 'text'],
  ['fixed-cidr-v6', 'text'],
  ['graph', 'text', { letter: 'g', until: '24.0' }],
  ['group', 'text', { letter: 'G' }],
  ['help', 'flag', { letter: 'h' }],
  ['host', 'list', { letter: 'H', directive: 'hosts' }],
  ['host-gateway-ip', 'any', { since: '20.10' }],
  ['http-proxy', 'text', { since: '23.0' }],
  ['https-proxy', 'text', { since: '23.0' }],
  ['icc', 'flag'],
  ['init', 'flag'],
  ['init-path', 'text'],
  ['insecure-registry', 'list', { directive: 'insecure-registries' }],
  ['ip', 'text'],
  ['ip-forward', 'flag'],
  ['ip-forward-no-drop', 'flag', { since: '28.0' }],
  ['ip-masq', 'flag'],
  ['ip6tables', 'flag', { since: '20.10' }],
  ['iptables', 'flag'],
  ['ipv6', 'flag'],
  ['label', 'list', { directive: 'labels' }],
  ['live-restore', 'flag'],
  ['log-driver', 'text'],
  ['log-format', 'any', { since: '25.0' }],
  ['log-level', 'text', { letter: 'l' }],
  ['log-opt', 'map', { directive: 'log-opts' }],
  ['max-concurrent-downloads', 'number'],
  ['max-concurrent-uploads', 'number'],
  ['max-download-attempts', 'number', { since: '20.10' }],
  ['metrics-addr', 'text'],
  ['mtu', 'number'],
  ['network-control-plane-mtu', 'number'],
  ['network-diagnostic-port', 'number'],
  ['no-new-privileges', 'flag'],
  ['no-proxy', 'text', { since: '23.0' }],
  ['node-generic-resource', 'list', { directive: 'node-generic-resources' }],
  ['nri-opts', 'any', { since: '29.0' }],
  ['oom-score-adjust', 'number', { until: '26.0' }],
  ['pidfile', 'text', { letter: 'p' }],
  ['raw-logs', 'flag'],
  ['registry-mirror', 'list', { directive: 'registry-mirrors' }],
  ['restart', 'flag', { letter: 'r' }],
  ['rootless', 'flag'],
  ['seccomp-profile', 'text'],
  ['selinux-enabled', 'flag'],
  ['shutdown-timeout', 'number'],
  ['storage-driver', 'text', { letter: 's' }],
  ['storage-opt', 'list', { directive: 'storage-opts' }],
  ['swarm-default-advertise-addr', 'text'],
  ['tls', 'flag'],
  ['tlscacert', 'text'],
  ['tlscert', 'text'],
  ['tlskey', 'text'],
  ['tlsverify', 'flag'],
  ['userland-proxy', 'flag'],
  ['userland-proxy-path', 'text'],
  ['userns-remap', 'text'],
  ['validate', 'flag', { since: '23.0' }],
  ['version', 'flag', { letter: 'v' }],
];

export const DOCKERD_OPTIONS: readonly DockerdOption[] = ROWS.map(([name, kind, more]) => ({
  name,
  kind,
  letter: null,
  directive: name,
  since: null,
  until: null,
  ...more,
}));

/** Names that daemon.json may have without an option of that name (skipValidateOptions of daemon/config/config.go). */
export const DIRECTIVES_WITHOUT_OPTION: readonly Omit<DockerdOption, 'name' | 'letter'>[] = [
  { directive: 'features', kind: 'map', since: null, until: null },
  { directive: 'builder', kind: 'map', since: null, until: null },
  { directive: 'deprecated-key-path', kind: 'any', since: null, until: null },
  { directive: 'allow-nondistributable-artifacts', kind: 'any', since: '28.0', until: null },
  { directive: 'min-api-version', kind: 'text', since: '29.0', until: null },
  { directive: 'host-gateway-ips', kind: 'list', since: '28.0', until: null },
];

/**
 * Objects of daemon.json whose keys are not directives. The keys of any other object, as `"proxies"`, count as directives (flatOptions and configValuesSet() of daemon/config/config.go).
 */
export const FLAT_DIRECTIVES: readonly { readonly directive: string; readonly since: string | null }[] = [
  { directive: 'cluster-store-opts', since: null },
  { directive: 'log-opts', since: null },
  { directive: 'runtimes', since: null },
  { directive: 'default-ulimits', since: null },
  { directive: 'features', since: null },
  { directive: 'builder', since: null },
  { directive: 'default-network-opts', since: '24.0' },
  { directive: 'nri-opts', since: '29.0' },
];
