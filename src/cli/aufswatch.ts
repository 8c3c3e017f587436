#!/usr/bin/env node
import { promptLine } from './prompt-line.ts';

const words = process.argv.slice(2);
// Every command loads the parser of the command line; a prompt cannot wait for that.
process.exitCode = promptLine(words) ?? (await (await import('./run.ts')).run(words, process.env));
