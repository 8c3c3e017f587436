# One phase of a package as Portage runs it: options and functions as recorded from Portage 3.0.82.
# bash phase.bash PHASE BASHRC STATE: PHASE_BODY is the phase function, OPTIONS what a user's bashrc may have set.
# STATE gets the names of all variables and functions and all options that are left at the end.
shopt -s expand_aliases extdebug
EBUILD_PHASE=$1
ewarn() { printf 'ewarn %s\n' "$*"; }
elog() { printf 'elog %s\n' "$*"; }
die() {
  local x
  for x in ${EBUILD_DEATH_HOOKS-}; do ${x} "$@"; done >&2
  exit 1
}
eval "pkg_${EBUILD_PHASE}() { ${PHASE_BODY:-:}; }"
eval "${OPTIONS:-:}"
source "$2" || echo "sourcing failed"
for hook in pre_ '' post_; do
  if declare -F "${hook}pkg_${EBUILD_PHASE}" >/dev/null; then
    "${hook}pkg_${EBUILD_PHASE}" || echo "status $? of ${hook}pkg_${EBUILD_PHASE}"
  fi
done
set +u
{ compgen -v; declare -F; shopt; set +o; } | LC_ALL=C sort >|"$3"
echo "phase done"
