EAPI=6

inherit linux-mod-r1

DESCRIPTION="AUFS of the test"
HOMEPAGE="https://example.org"
LICENSE="GPL-2"
KEYWORDS="amd64"
SLOT="0"
IUSE="kernel-patch"
S=${WORKDIR}

# Like the former ebuilds of AUFS: first the patches are reversed with --force, whether applied or not, then applied.
pkg_setup() {
	if use kernel-patch; then
		cd "${KERNEL_DIR}" || die
		local part
		for part in standalone mmap base; do
			patch --force -p1 -R <"${TEST_PATCHES}/aufs6-${part}.patch" >/dev/null
		done
		for part in base mmap standalone; do
			patch -p1 <"${TEST_PATCHES}/aufs6-${part}.patch" >/dev/null || die "the patch does not apply"
			[[ ! -e /var/tmp/die-after-${part} ]] || die "as the test wants it"
			[[ ! -e /var/tmp/kill-after-${part} ]] || kill -9 "${PPID}" $$ "${BASHPID}"
		done
	fi
	linux-mod-r1_pkg_setup
}

src_install() {
	insinto /lib/modules/test/misc
	echo "${PV}" >"${T}/aufs.ko" || die
	doins "${T}/aufs.ko"
	docompress -x "/usr/share/doc/${PF}"
	dodoc "${TEST_PATCHES}"/*.patch
}
