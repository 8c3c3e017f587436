# Copyright 2026 The aufswatch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit git-r3 toolchain-funcs

DESCRIPTION="Keeps kernel sources, build, image, running kernel and modules together"
HOMEPAGE="https://wiki.gentoo.org/wiki/Kernel/Upgrade"
# There is no public place yet: set EGIT_OVERRIDE_REPO_AUFSWATCH_AUFSWATCH, or this, to where your checkout is.
EGIT_REPO_URI="${AUFSWATCH_REPOSITORY:-https://invalid/aufswatch/aufswatch.git}"

# MIT, Apache-2.0, ISC and public-domain are what is in the vendored node modules.
LICENSE="GPL-2+ Apache-2.0 ISC MIT public-domain"
SLOT="0"
IUSE="desktop systemd"

RDEPEND="
	>=net-libs/nodejs-20.19:=
	app-alternatives/bzip2
	app-arch/xz-utils
	app-arch/zstd
	app-shells/bash
	sys-apps/coreutils
	sys-apps/kmod
	sys-apps/util-linux
	sys-devel/patch
	desktop? ( x11-libs/libnotify )
	systemd? ( sys-apps/systemd )
"
BDEPEND="
	>=dev-util/esbuild-0.25
	>=net-libs/nodejs-20.19[npm]
	virtual/pkgconfig
"

src_unpack() {
	git-r3_src_unpack
	# The network is there in this phase alone.
	cd "${S}" || die
	npm ci --omit=dev --ignore-scripts --no-audit --no-fund || die
}

src_compile() {
	tc-export CC CXX
	# Without this npm would ask the network for headers and for a ready-made module.
	export npm_config_nodedir="${ESYSROOT}"/usr npm_config_build_from_source=true npm_config_offline=true
	# No spinner in the build log.
	export npm_config_progress=false
	export npm_config_cache="${T}"/npm
	npm rebuild better-sqlite3 || die "the SQLite module cannot be compiled"
	npm run --silent prestage || die "the program cannot be bundled"
}

src_install() {
	local without=( --without uninstall )
	use desktop || without+=( --without desktop )
	use systemd || without+=( --without systemd )
	node build/stage.js "${D}" --doc "${PF}" "${without[@]}" || die
	# Portage compresses the manual and the documents itself.
	docompress -x "/usr/share/doc/${PF}/aufswatch.toml.example"
	keepdir /var/lib/aufswatch
	fperms 0750 /var/lib/aufswatch
}

pkg_postinst() {
	elog "To put the hooks of emerge and make install in place, and to start the service:"
	elog "  aufswatch setup"
	if use systemd; then
		elog "  systemctl enable --now aufswatch"
	else
		elog "  rc-update add aufswatch default && rc-service aufswatch start"
	fi
}

pkg_prerm() {
	# A hook whose program is gone is silent; but it would be left behind.
	if [[ -z ${REPLACED_BY_VERSION} ]]; then
		"${EROOT}"/usr/bin/aufswatch setup --remove --root "${EROOT:-/}" ||
			ewarn "The hooks could not be taken out of ${EROOT}/etc/portage"
	fi
}
