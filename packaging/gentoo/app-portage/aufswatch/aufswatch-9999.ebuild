# Copyright 2026 The aufswatch authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

PYTHON_COMPAT=( python3_{11..14} )
inherit optfeature python-any-r1 systemd toolchain-funcs

DESCRIPTION="Keeps kernel sources, build, image, running kernel and modules together"
HOMEPAGE="https://aufswatch.example/"

if [[ ${PV} == 9999 ]]; then
	inherit git-r3
	# Your own clone, with AUFSWATCH_REPO="file:///home/you/aufswatch" in make.conf. Portage runs as another user:
	# git config --system --add safe.directory /home/you/aufswatch/.git
	EGIT_REPO_URI=${AUFSWATCH_REPO}
else
	# packaging/gentoo/README.md describes how both are made.
	SRC_URI="
		https://aufswatch.example/releases/${P}.tar.gz
		https://aufswatch.example/releases/${P}-vendor.tar.xz
	"
	KEYWORDS="~amd64 ~arm64"
fi

# All but the first are licenses of the vendored node modules.
LICENSE="GPL-2+ Apache-2.0 BSD ISC MIT public-domain"
SLOT="0"

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
"
# Python is for node-gyp, which comes with npm.
BDEPEND="
	${PYTHON_DEPS}
	>=dev-util/esbuild-0.25:*
	>=net-libs/nodejs-20.19[npm]
"

src_unpack() {
	if [[ ${PV} == 9999 ]]; then
		git-r3_src_unpack
		# Only this phase has access to the network.
		cd "${S}" || die
		npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cache "${T}"/npm || die
	else
		default
		mv node_modules "${S}" || die
	fi
}

src_compile() {
	tc-export AR CC CXX
	export npm_config_cache="${T}"/npm npm_config_offline=true
	export npm_config_progress=false npm_config_update_notifier=false
	# Without the installed headers, node-gyp would download them.
	npm explore better-sqlite3 -- node-gyp rebuild --release --nodedir="${ESYSROOT}"/usr ||
		die "the SQLite module cannot be compiled"

	# Gentoo's esbuild has its version in its name, since several can be installed: take the newest.
	local esbuild=$(compgen -c esbuild | grep -E '^esbuild(-[0-9.]+)?$' | sort -V | tail -n 1)
	mkdir "${T}"/bin || die
	ln -s "$(type -P "${esbuild}")" "${T}"/bin/esbuild || die
	PATH="${T}/bin:${PATH}" npm run --silent prestage || die "the program cannot be bundled"
}

src_install() {
	node build/stage.js "${ED}" --doc "${PF}" --without uninstall --without systemd || die
	systemd_dounit systemd/aufswatch{,-guard}.service
	systemd_douserunit systemd/aufswatch-agent.service

	# The only file compiled for this architecture must be in the library directory (multilib-strict).
	local addon=/usr/lib/aufswatch/node_modules/better-sqlite3/build/Release/better_sqlite3.node
	if [[ $(get_libdir) != lib ]]; then
		dodir "/usr/$(get_libdir)/aufswatch"
		mv "${ED}${addon}" "${ED}/usr/$(get_libdir)/aufswatch/" || die
		dosym -r "/usr/$(get_libdir)/aufswatch/better_sqlite3.node" "${addon}"
	fi

	# Portage compresses the manual and the documents itself.
	docompress -x "/usr/share/doc/${PF}"/{aufswatch.toml.example,examples}
	keepdir /var/lib/aufswatch
	fperms 0750 /var/lib/aufswatch
}

pkg_postinst() {
	elog "To install the hooks of emerge and make install, and to start the service:"
	elog "  aufswatch setup"
	elog "  rc-update add aufswatch default && rc-service aufswatch start"
	elog "  or, with systemd: systemctl enable --now aufswatch"
	if [[ -n ${REPLACING_VERSIONS} ]]; then
		elog "A running service is still the old version until you restart it."
	fi
	optfeature "notices on the desktop" "x11-libs/libnotify dev-libs/glib"
	optfeature "delaying a shutdown that would lose AUFS, with systemd" dev-libs/glib
	optfeature "testing the modules of a kernel before it is booted" app-emulation/qemu
}

pkg_prerm() {
	[[ -n ${REPLACED_BY_VERSION} ]] && return
	# The only change outside the package: the marked block that "aufswatch setup" added.
	local file
	for file in "${EROOT}"/etc/portage/{bashrc,profile/profile.bashrc}; do
		[[ -f ${file} ]] || continue
		sed -i --follow-symlinks -e '/^# >>> aufswatch setup/,/^# <<< aufswatch setup/d' "${file}" ||
			ewarn "The hook could not be removed from ${file}"
	done
}

pkg_postrm() {
	[[ -n ${REPLACED_BY_VERSION} ]] && return
	local left=() file
	for file in "${EROOT}"/etc/portage/{bashrc.d/aufswatch.bash,bin/post_emerge}; do
		[[ -f ${file} ]] && grep -q aufswatch "${file}" && left+=( "${file}" )
	done
	[[ ${#left[@]} -eq 0 ]] && return
	elog "These files of \"aufswatch setup\" are left and have no effect any more: ${left[*]}"
	elog "Your own previous post_emerge is post_emerge.own in the same directory."
}
