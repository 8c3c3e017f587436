#!/usr/bin/env node
import { runLight } from './light.ts';

const words = process.argv.slice(2);
process.exitCode = (await runLight(words)) ?? (await (await import('./run.ts')).run(words, process.env));
