/** `npm run bundle`: builds the program into dist. */
import { bundleInto } from './bundle-into.ts';

await bundleInto('dist');
