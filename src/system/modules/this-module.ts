/** The section with a module's struct module. */
export const THIS_MODULE = '.gnu.linkonce.this_module';
