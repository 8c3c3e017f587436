/** `npm run bundle`: puts the program together in dist. */
import { bundleInto } from './bundle-into.ts';

await bundleInto('dist');
