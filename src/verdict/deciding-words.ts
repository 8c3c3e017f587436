import type { KernelAbi } from '../model/abi.ts';
import type { Fact } from '../model/fact.ts';

/** Words of a command line that decide which modules the kernel loads (kernel/module, security/lockdown). */
const DECIDES =
  /^(?:module\.sig_enforce(?:=.*)?|module_blacklist=.+|lockdown=(?:none|integrity|confidentiality))$/;

type EnforcingAbi = Pick<KernelAbi, 'signatureEnforced' | 'enforcedBy' | 'blacklist'>;

/**
 * The words on the command line of a boot that decide over modules, and a word for each restriction that is in force for another
 * reason, as signatures because of Secure Boot.
 */
export function decidingWords(abi: EnforcingAbi, commandLine: Fact<string>): string[] {
  // None of these words is ever quoted.
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

/** The two log different messages. */
function enforcing({ enforcedBy }: EnforcingAbi): string {
  return enforcedBy === 'lockdown' ? 'lockdown=integrity' : 'module.sig_enforce=1';
}

function isEnforced({ signatureEnforced }: EnforcingAbi): boolean {
  return signatureEnforced.known && signatureEnforced.value;
}
