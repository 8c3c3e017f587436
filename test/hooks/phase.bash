# Runs one phase of a package as Portage does: options and functions as recorded from Portage 3.0.82.
# bash phase.bash PHASE BASHRC STATE: PHASE_BODY is the body of the phase function, OPTIONS are shell commands of the user's
# bashrc. Writes the names of all variables and functions and all options at the end to STATE.
shopt -s expand_aliases extdebug
EBUILD_PHASE=$1
# Portage runs the death hooks of a failed phase in a process that belongs to no phase.
if [[ $1 == die_hooks ]]; then
  EBUILD_PHASE=
  MISC_FUNCTIONS_ARGS=die_hooks
fi
ewarn() { printf 'ewarn %s\n' "$*"; }
elog() { printf 'elog %s\n' "$*"; }
die() {
  local x
  for x in ${EBUILD_DEATH_HOOKS-}; do ${x} "$@"; done >&2
  exit 1
}
[[ -z ${EBUILD_PHASE} ]] || eval "pkg_${EBUILD_PHASE}() { ${PHASE_BODY:-:}; }"
eval "${OPTIONS:-:}"
__try_source() { source "$1"; }
__source_all_bashrcs() {
  __try_source "$1" || echo "sourcing failed"
  # The file for the package in /etc/portage/env.
  [[ -z ${PACKAGE_ENV-} ]] || __try_source "${PACKAGE_ENV}"
}
__source_all_bashrcs "$2"
if [[ $1 == die_hooks ]]; then
  for hook in ${EBUILD_DEATH_HOOKS-}; do ${hook}; done >&2
  exit 1
fi
for hook in pre_ '' post_; do
  if declare -F "${hook}pkg_${EBUILD_PHASE}" >/dev/null; then
    "${hook}pkg_${EBUILD_PHASE}" || echo "status $? of ${hook}pkg_${EBUILD_PHASE}"
  fi
done
set +u
{ compgen -v; declare -F; shopt; set +o; } | LC_ALL=C sort >|"$3"
echo "phase done"
