import { readSettings } from '../../config/read-settings.ts';
import { command } from '../command.ts';
import { required } from '../definition.ts';

/** `aufswatch config check`: one line for each mistake in the configuration. */
export const config = command(
  {
    description:
      '"aufswatch config check" prints one line for each mistake in the configuration, with file, line and the allowed values.',
    args: {
      action: required('check', { oneOf: ['check'] }),
    },
    options: {},
  },
  (invocation) => {
    const { terminal } = invocation;
    const result = readSettings(invocation.options.config, invocation.options.root ?? '/');
    if (result.ok) return 0;
    for (const mistake of result.mistakes) terminal.fail(mistake);
    return 1;
  },
);
