# Copyright 2026 The aufswatch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit toolchain-funcs

DESCRIPTION="Keeps kernel sources, build, image, running kernel and modules together"
HOMEPAGE="https://wiki.gentoo.org/wiki/Kernel/Upgrade"

# There is no public place for the program yet.
if [[ ${PV} == 9999 ]]; then
	inherit git-r3
	# For a checkout in /home/you/aufswatch: EGIT_OVERRIDE_REPO_AUFSWATCH_AUFSWATCH=file:///home/you/aufswatch in make.conf,
	# and, for Portage is another user: git config --system --add safe.directory /home/you/aufswatch/.git
	EGIT_REPO_URI="https://invalid/aufswatch/aufswatch.git"
else
	# pkg_nofetch says how to make them.
	SRC_URI="${P}.tar.gz ${P}-vendor.tar.xz"
	KEYWORDS="~amd64 ~arm64"
	RESTRICT="fetch"
fi

# All but the first are of the vendored node modules.
LICENSE="GPL-2+ Apache-2.0 BSD ISC MIT public-domain"
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
	desktop? (
		dev-libs/glib:2
		x11-libs/libnotify
	)
	systemd? (
		dev-libs/glib:2
		sys-apps/systemd
	)
"
# Python is for node-gyp, which comes with npm.
BDEPEND="
	dev-lang/python:*
	>=dev-util/esbuild-0.25:*
	>=net-libs/nodejs-20.19[npm]
"

pkg_nofetch() {
	einfo "In a clone of aufswatch:"
	einfo "  npm ci && npm run vendor -- ${PV} DIRECTORY"
	einfo "and move the two files that it makes there to your DISTDIR."
}

src_unpack() {
	if [[ ${PV} == 9999 ]]; then
		git-r3_src_unpack
		# The network is there in this phase alone.
		cd "${S}" || die
		npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cache "${T}"/npm || die
	else
		default
		mv node_modules "${S}" || die
	fi
}

src_compile() {
	tc-export CC CXX
	export npm_config_cache="${T}"/npm npm_config_offline=true
	export npm_config_progress=false npm_config_update_notifier=false
	# Without the headers that are here, node-gyp would ask the network for some.
	npm explore better-sqlite3 -- node-gyp rebuild --release --nodedir="${ESYSROOT}"/usr ||
		die "the SQLite module cannot be compiled"

	# Gentoo's esbuild has its version in its name, for there can be several: the newest.
	local esbuild=$(compgen -c esbuild | grep -E '^esbuild(-[0-9.]+)?$' | sort -V | tail -n 1)
	mkdir "${T}"/bin || die
	ln -s "$(type -P "${esbuild}")" "${T}"/bin/esbuild || die
	PATH="${T}/bin:${PATH}" npm run --silent prestage || die "the program cannot be bundled"
}

src_install() {
	local without=( --without uninstall )
	use desktop || without+=( --without desktop )
	use systemd || without+=( --without systemd )
	node build/stage.js "${D}" --doc "${PF}" "${without[@]}" || die
	# Portage compresses the manual and the documents itself.
	docompress -x "/usr/share/doc/${PF}"/{aufswatch.toml.example,examples}
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
	elog "For \"aufswatch rehearse\", which boots a kernel to try its modules: app-emulation/qemu"
	if [[ -n ${REPLACING_VERSIONS} ]]; then
		elog "A service that runs already is still the old one, until it is started anew:"
		if use systemd; then
			elog "  systemctl try-restart aufswatch"
		else
			elog "  rc-service --ifstarted aufswatch restart"
		fi
	fi
}

pkg_prerm() {
	[[ -n ${REPLACED_BY_VERSION} ]] && return
	if [[ -z ${ROOT} ]]; then
		# Its files go: afterwards neither knows the service by its name. What is not there has nothing to say.
		systemctl disable --now aufswatch.service &>/dev/null
		rc-service --ifstarted aufswatch stop &>/dev/null
		rc-update --all del aufswatch &>/dev/null
	fi
	# A hook whose program is gone is silent; but it would be left behind.
	"${EROOT}"/usr/bin/aufswatch setup --remove --root "${EROOT:-/}" ||
		ewarn "The hooks could not be taken out of ${EROOT}/etc/portage"
}
