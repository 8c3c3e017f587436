# aufswatch: tells the daemon, and you, when a merge changes kernel sources or modules. aufswatch-hooks(7).
# Sourced from /etc/portage/bashrc in every phase of every package. For those that do not matter it ends in the
# next lines, without a fork and without opening a file. It must never break or delay an emerge.
# shellcheck shell=bash

case ${EBUILD_PHASE-} in
  setup | preinst | postinst | prerm | postrm) ;;
  *) return 0 ;;
esac
case ${CATEGORY-}/${PN-} in
  sys-fs/aufs* | sys-kernel/aufs-sources | app-containers/docker | app-emulation/docker) ;;
  *)
    # Portage empties INHERITED while it sources the ebuild and keeps what it was.
    case " ${INHERITED-} ${__INHERITED_QA_CACHE-} " in
      *[[:space:]]kernel-2[[:space:]]* | *[[:space:]]kernel-build[[:space:]]*) ;;
      *[[:space:]]kernel-install[[:space:]]*) ;;
      *[[:space:]]linux-mod[[:space:]]* | *[[:space:]]linux-mod-r1[[:space:]]*) ;;
      *) return 0 ;;
    esac
    ;;
esac

# From here on only for packages that matter. Whatever fails, fails silently.

# How many marks of the AUFS patches a kernel tree has, and the times of the files that have them. Files that the
# patches make (mm/prfile.c) are no mark: a merge of the sources brings back what it owns and leaves those behind.
__aufswatch_look() {
  local tree=$1 file text marks=0 times
  for file in fs/splice.c include/linux/mm_types.h include/linux/mm.h fs/namespace.c; do
    [[ -f ${tree}/${file} ]] || continue
    text=
    IFS= read -r -d '' -n 2000000 text <"${tree}/${file}"
    case ${file} in
      fs/splice.c) [[ ${text} == *EXPORT_SYMBOL*'(do_splice_from)'* ]] && marks=$((marks + 1)) ;;
      include/linux/mm_types.h) [[ ${text} == *vm_prfile* ]] && marks=$((marks + 1)) ;;
      include/linux/mm.h) [[ ${text} == *vma_do_fput* ]] && marks=$((marks + 1)) ;;
      fs/namespace.c) [[ ${text} == *is_current_mnt_ns* ]] && marks=$((marks + 1)) ;;
    esac
  done 2>/dev/null
  times=$(LC_ALL=C stat -L -c '%Y:%s' -- "${tree}"/{mm/mmap.c,fs/splice.c,include/linux/mm.h} 2>/dev/null)
  printf '%s %s' "${marks}" "${times//[[:space:]]/,}"
}

# The kernel tree that is selected: the real directory.
__aufswatch_tree() {
  (cd -P -- "${KERNEL_DIR:-${ROOT%/}/usr/src/linux}" 2>/dev/null && printf '%s' "${PWD}")
}

# What became of the marks: patched, unpatched, changed or none.
__aufswatch_change() {
  local before=$1 after=$2
  if [[ -z ${before} || ${before} == "${after}" ]]; then
    printf none
  elif ((${after%% *} > ${before%% *})); then
    printf patched
  elif ((${after%% *} < ${before%% *})); then
    printf unpatched
  elif ((${after%% *} > 0)); then
    printf changed
  else
    printf none
  fi
}

# A value that can end neither its field nor the line.
__aufswatch_value() {
  local value=$1
  value=${value//%/%25}
  value=${value//$'\t'/%09}
  value=${value//$'\n'/%0A}
  value=${value//$'\r'/%0D}
  printf '%s' "${value:0:1500}"
}

# Leaves one line for the daemon: one write of less than 4 KB, so that lines of parallel merges do not mix.
__aufswatch_record() {
  local inbox=${AUFSWATCH_STATE:-/var/lib/aufswatch}/inbox line now
  # A FIFO in its place would make emerge wait, and a symlink write elsewhere.
  [[ -d ${inbox%/*} && ! -L ${inbox} ]] || return 0
  [[ -f ${inbox} || ! -e ${inbox} ]] || return 0
  printf -v now '%(%s)T' -1
  line="aufswatch1"$'\t'"at=${now}"$'\t'"kind=portage"$'\t'"phase=${EBUILD_PHASE}"
  line+=$'\t'"category=$(__aufswatch_value "${CATEGORY-}")"$'\t'"pf=$(__aufswatch_value "${PF-}")"
  line+=$'\t'"slot=$(__aufswatch_value "${SLOT-}")"$'\t'"use=$(__aufswatch_value "${USE-}")"
  line+=$'\t'"merge=${MERGE_TYPE-}"$'\t'"root=$(__aufswatch_value "${ROOT:-/}")"$'\t'"change=$1"
  ((${#line} < 3900)) || return 0
  (
    umask 077
    LC_ALL=C
    printf '%s\n' "${line}" >>"${inbox}"
  ) 2>/dev/null
  return 0
}

# Messages go through Portage's own, so that the summary, mail and save have them as the user wants.
__aufswatch_say() {
  local line
  for line; do ewarn "${line}"; done
}

__aufswatch_remedy() {
  __aufswatch_say \
    "Compile and install the kernel before the next boot, or it comes up without AUFS:" \
    "  cd $1 && make && make modules_install && make install" \
    "All that is due, in order: aufswatch plan"
}

# For postinst, where kernel sources have already replaced what was there.
__aufswatch_note() {
  if [[ -d ${T-} && -n $1 ]]; then
    printf '%s\t%s\n' "$2" "$1" >|"${T}/.aufswatch-before" 2>/dev/null
  fi
}

__aufswatch_after_setup() {
  local tree after change died=${1-}
  tree=$(__aufswatch_tree)
  after=$(__aufswatch_look "${tree}")
  change=$(__aufswatch_change "${__aufswatch_before-}" "${after}")
  __aufswatch_record "${change}"
  __aufswatch_note "${tree}" "${after}"
  case ${change}${died} in
    patcheddied | changeddied)
      __aufswatch_say "${CATEGORY}/${PF} has failed while it patched the kernel sources in ${tree}."
      __aufswatch_say "They may be patched in part. What to do: aufswatch plan"
      ;;
    patched | changed)
      __aufswatch_say "${CATEGORY}/${PF} has patched the kernel sources in ${tree}."
      __aufswatch_remedy "${tree}"
      ;;
    unpatched*)
      __aufswatch_say "${CATEGORY}/${PF} has taken the AUFS patches out of ${tree}."
      __aufswatch_say "What to do: aufswatch plan"
      ;;
  esac
}

# Between setup and this, hours may lie in which another merge has patched the tree: the last moment counts.
__aufswatch_after_preinst() {
  local tree
  tree=$(__aufswatch_tree)
  __aufswatch_note "${tree}" "$(__aufswatch_look "${tree}")"
}

__aufswatch_after_postinst() {
  local before='' old_tree='' tree after change=none
  if [[ -f ${T-}/.aufswatch-before ]]; then
    IFS=$'\t' read -r before old_tree <"${T}/.aufswatch-before"
  fi
  tree=$(__aufswatch_tree)
  after=$(__aufswatch_look "${tree}")
  if [[ ${tree} == "${old_tree}" ]]; then
    change=$(__aufswatch_change "${before}" "${after}")
  fi
  __aufswatch_record "${change}"
  if [[ ${change} == unpatched ]]; then
    __aufswatch_say "The AUFS patches are gone from ${tree}: ${CATEGORY}/${PF} brought the original files back."
    __aufswatch_say "A kernel compiled from them now is without AUFS. What to do: aufswatch plan"
  elif [[ -n ${old_tree} && ${tree} != "${old_tree}" ]] && ((${before%% *} > 0 && ${after%% *} == 0)); then
    __aufswatch_say "/usr/src/linux now leads to ${tree:-nothing}, which is without the AUFS patches."
    __aufswatch_say "Before, it led to ${old_tree}, which has them. What to do: aufswatch plan"
  fi
}

# The phase died: the sources may be patched, or half patched, all the same.
__aufswatch_died() {
  [[ ${EBUILD_PHASE-} != setup ]] || __aufswatch_after_setup died
  return 0
}

# Keeps a hook of the user's that has the name of ours, so that both run.
__aufswatch_keep() {
  local text
  declare -F "$1" >/dev/null || return 0
  text=$(declare -f "$1")
  [[ ${text} != *__aufswatch_run* ]] || return 0
  eval "__aufswatch_user_${text}"
}

__aufswatch_run() {
  local name=$1 status=0
  shift
  if declare -F "__aufswatch_user_${name}" >/dev/null; then
    "__aufswatch_user_${name}" "$@"
    status=$?
  fi
  case ${name} in
    pre_*)
      # A hook that was defined after this file was read took the place of ours.
      __aufswatch_keep "post_${name#pre_}"
      __aufswatch_define "post_${name#pre_}"
      ;;
    post_pkg_setup) __aufswatch_after_setup ;;
    post_pkg_preinst) __aufswatch_after_preinst ;;
    post_pkg_postinst) __aufswatch_after_postinst ;;
    *) __aufswatch_record none ;;
  esac
  [[ ${name} == pre_* ]] || __aufswatch_leave
  return "${status}"
}

__aufswatch_define() {
  eval "$1() { __aufswatch_run $1 \"\$@\"; }"
}

# Puts the user's hooks back under their names and takes ours away: the environment of the package is saved next.
__aufswatch_leave() {
  local name text
  for name in "pre_pkg_${EBUILD_PHASE}" "post_pkg_${EBUILD_PHASE}"; do
    unset -f "${name}"
    declare -F "__aufswatch_user_${name}" >/dev/null || continue
    text=$(declare -f "__aufswatch_user_${name}")
    eval "${text#__aufswatch_user_}"
    unset -f "__aufswatch_user_${name}"
  done
  text=${EBUILD_DEATH_HOOKS-}
  EBUILD_DEATH_HOOKS=${text// __aufswatch_died/}
  [[ -n ${EBUILD_DEATH_HOOKS} ]] || unset EBUILD_DEATH_HOOKS
  unset __aufswatch_before
  unset -f __aufswatch_{look,tree,change,value,record,say,remedy,note,died,keep,run,define,leave}
  unset -f __aufswatch_after_{setup,preinst,postinst}
}

for __aufswatch_before in pre post; do
  __aufswatch_keep "${__aufswatch_before}_pkg_${EBUILD_PHASE}"
  __aufswatch_define "${__aufswatch_before}_pkg_${EBUILD_PHASE}"
done
__aufswatch_before=
if [[ ${EBUILD_PHASE} == setup ]]; then
  __aufswatch_before=$(__aufswatch_look "$(__aufswatch_tree)")
  # Once, even where a loop over bashrc.d reads this file as well.
  [[ ${EBUILD_DEATH_HOOKS-} == *__aufswatch_died* ]] || EBUILD_DEATH_HOOKS="${EBUILD_DEATH_HOOKS-} __aufswatch_died"
fi
return 0
