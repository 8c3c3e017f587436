EAPI=8

inherit kernel-2

DESCRIPTION="Kernel sources of the test"
HOMEPAGE="https://example.org"
LICENSE="GPL-2"
KEYWORDS="amd64"
S=${WORKDIR}

src_install() {
	dodir /usr/src
	cp -r "${TEST_TREES}/linux-${PV}-gentoo" "${ED}/usr/src/" || die
}

pkg_postinst() {
	if use symlink || [[ ! -e ${EROOT}/usr/src/linux ]]; then
		ln -snf "linux-${PV}-gentoo" "${EROOT}/usr/src/linux" || die
	fi
}
