import type { CommandGrammar, OptionGrammar } from './grammar.ts';

/** Completions for bash 4 and newer, without another package. */
export function bashCompletion(commands: readonly CommandGrammar[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const flags = commands.map(
    ({ name, options }) => `      ${name}) words='${options.map(({ flag }) => flag).join(' ')}' ;;`,
  );
  return `# bash completion for aufswatch
_aufswatch() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' place=0 words='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -* || \${COMP_WORDS[i - 1]} =~ ^(${valueFlags(commands).join('|')})$ ]] && continue
    if [[ -z $command ]]; then
      command=\${COMP_WORDS[i]}
    else
      place=$((place + 1))
    fi
  done
  case $command:$previous in
${optionValues(commands).join('\n')}
  esac
  if [[ -z $command ]]; then
    words='${names}'
  elif [[ $current == -* ]]; then
    case $command in
${flags.join('\n')}
    esac
  else
    case $command:$place in
${argumentValues(commands).join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o filenames -F _aufswatch aufswatch
`;
}

function valueFlags(commands: readonly CommandGrammar[]): string[] {
  const taking = ({ value }: OptionGrammar): boolean => value !== null;
  return [...new Set(commands.flatMap(({ options }) => options.filter(taking).map(({ flag }) => flag)))];
}

/** One case for an option that takes the same values in every command. */
function optionValues(commands: readonly CommandGrammar[]): string[] {
  const meanings = new Map<string, Map<string, string[]>>();
  for (const { name, options } of commands) {
    for (const { flag, value } of options) {
      if (value === null) continue;
      const ofFlag = meanings.get(flag) ?? new Map<string, string[]>();
      ofFlag.set(reply(value), [...(ofFlag.get(reply(value)) ?? []), name]);
      meanings.set(flag, ofFlag);
    }
  }
  return [...meanings].flatMap(([flag, ofFlag]) =>
    [...ofFlag].map(([words, names]) => {
      const patterns = ofFlag.size === 1 ? [`*:${flag}`] : names.map((name) => `${name}:${flag}`);
      return `    ${patterns.join(' | ')}) ${words}; return ;;`;
    }),
  );
}

function argumentValues(commands: readonly CommandGrammar[]): string[] {
  return commands.flatMap(({ name, args }) =>
    args.map(({ values }, place) => `      ${name}:${place}) ${reply(values)}; return ;;`),
  );
}

function reply(values: CommandGrammar['args'][number]['values']): string {
  const from = (source: string): string => `mapfile -t COMPREPLY < <(${source} -- "$current")`;
  if (values === 'any') return 'COMPREPLY=()';
  if (values === 'file') return from('compgen -f');
  if (values === 'directory') return from('compgen -d');
  if (typeof values === 'string') return from(`compgen -W "$(aufswatch complete ${values} 2>/dev/null)"`);
  return from(`compgen -W '${values.join(' ')}'`);
}
