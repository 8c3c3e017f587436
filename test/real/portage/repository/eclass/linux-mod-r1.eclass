# The real eclass prepares the sources in pkg_setup as well; there emake dies in its own process.
inherit linux-info
linux-mod-r1_pkg_setup() { emake -C "${KERNEL_DIR}" modules_prepare; }
EXPORT_FUNCTIONS pkg_setup
