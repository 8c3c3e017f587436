# The real one prepares the sources in pkg_setup as well: emake dies in a process of its own.
inherit linux-info
linux-mod-r1_pkg_setup() { emake -C "${KERNEL_DIR}" modules_prepare; }
EXPORT_FUNCTIONS pkg_setup
