import { COMMON_OPTIONS } from '../definition.ts';
import { type CommandGrammar, type Offered, type OptionGrammar, optionsOf } from './grammar.ts';

/** Completions for zsh, as a file \`_aufswatch\` on its fpath. */
export function zshCompletion(commands: readonly CommandGrammar[]): string {
  const list = commands.map(({ name, summary }) => `    ${quoted(`${name}:${colons(summary)}`)}`);
  const cases = commands.map((command) => {
    const words = [...command.options.map(option), ...command.args.map(argument)];
    return `        ${command.name})\n          _arguments ${words.join(' \\\n            ')}\n          ;;`;
  });
  return `#compdef aufswatch
_aufswatch() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${list.join('\n')}
  )
  _arguments -C ${COMMON.map(option).join(' ')} '1: :->command' '*:: :->words' && return
  case $state in
    command) _describe command commands ;;
    words)
      case $words[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}
_aufswatch "$@"
`;
}

function option({ flag, summary, value }: OptionGrammar): string {
  const told = `${flag}[${colons(summary).replaceAll(']', '\\]')}]`;
  return quoted(value === null ? told : `${told}:${flag.slice(2)}:${action(value)}`);
}

function argument({ name, values }: CommandGrammar['args'][number], index: number): string {
  return quoted(`${index + 1}:${name}:${action(values)}`);
}

function action(values: Offered): string {
  if (values === 'any') return ' ';
  if (values === 'file') return '_files';
  if (values === 'directory') return '_files -/';
  if (typeof values === 'string') return `{compadd -- \${(f)"$(aufswatch complete ${values} 2>/dev/null)"}}`;
  return `(${values.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function colons(text: string): string {
  return text.replaceAll(':', '\\:');
}

/** The options that may also precede the command. */
const COMMON = optionsOf(COMMON_OPTIONS);
