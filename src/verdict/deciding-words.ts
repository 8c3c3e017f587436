import type { KernelAbi } from '../model/abi.ts';
import type { Fact } from '../model/fact.ts';

/** Words of a kernel's command line by which it takes modules or refuses them (kernel/module, security/lockdown). */
const DECIDES =
  /^(?:module\.sig_enforce(?:=.*)?|module_blacklist=.+|lockdown=(?:none|integrity|confidentiality))$/;

type EnforcingAbi = Pick<KernelAbi, 'signatureEnforced' | 'enforcedBy' | 'blacklist'>;

/**
 * What stands on the command line of a boot and decides over modules, and what must be taken to stand there because the
 * kernel is known to insist on signatures for another reason (Secure Boot, say).
 */
export function decidingWords(abi: EnforcingAbi, commandLine: Fact<string>): string[] {
  // Quoted words hold none of these.
  const words = (commandLine.known ? commandLine.value.split(/\s+/) : [])
    .map((word) => word.replace(/^([^=]*)/, (name) => name.replaceAll('-', '_')))
    .filter((word) => DECIDES.test(word));
  const blacklist = `module_blacklist=${abi.blacklist.join(',')}`;
  return [
    ...words,
    ...(isEnforced(abi) && !words.some((word) => ENFORCES.test(word)) ? [enforcing(abi)] : []),
    ...(abi.blacklist.length > 0 && !commandLine.known ? [blacklist] : []),
  ];
}

const ENFORCES = /^(?:module\.sig_enforce|lockdown=[ic])/;

/** Each refuses in words of its own. */
function enforcing({ enforcedBy }: EnforcingAbi): string {
  return enforcedBy === 'lockdown' ? 'lockdown=integrity' : 'module.sig_enforce=1';
}

function isEnforced({ signatureEnforced }: EnforcingAbi): boolean {
  return signatureEnforced.known && signatureEnforced.value;
}
