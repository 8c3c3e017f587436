/** The section with the struct module that a module brings along. */
export const THIS_MODULE = '.gnu.linkonce.this_module';
