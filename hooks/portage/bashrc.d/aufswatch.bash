# aufswatch: reports to the daemon, and to you, when a merge changes kernel sources or modules. aufswatch-hooks(7).
# Sourced from /etc/portage/bashrc in every phase of every package. For packages that do not matter it returns within
# the next lines, without a fork and without opening a file. It must never break or delay an emerge.
# shellcheck shell=bash

case ${EBUILD_PHASE-} in
  setup | preinst | postinst | prerm | postrm) ;;
  # A phase failed: Portage runs the death hooks in a process that belongs to no phase.
  '') [[ ${MISC_FUNCTIONS_ARGS-} == *die_hooks* ]] || return 0 ;;
  *) return 0 ;;
esac
case ${CATEGORY-}/${PN-} in
  # It inherits kernel-2 too, but is not a kernel.
  */linux-headers) return 0 ;;
  sys-fs/aufs* | sys-kernel/aufs-sources | app-containers/docker | app-emulation/docker) ;;
  *)
    # While Portage sources the ebuild, INHERITED is empty and this variable has the saved value.
    case " ${INHERITED-} ${__INHERITED_QA_CACHE-} " in
      *[[:space:]]kernel-2[[:space:]]* | *[[:space:]]kernel-build[[:space:]]*) ;;
      *[[:space:]]kernel-install[[:space:]]*) ;;
      *[[:space:]]linux-mod[[:space:]]* | *[[:space:]]linux-mod-r1[[:space:]]*) ;;
      *) return 0 ;;
    esac
    ;;
esac

# The rest runs only for packages that matter. Failures are silent: every command that can fail is in a condition, so that
# the user's own trap on ERR does not fire.

# True if a file of a kernel tree matches in its first 2 MB. The tree may belong to an ordinary user: no link is followed
# out of it, and a file that would block (a FIFO, /proc/kmsg) is not waited for. Status 2: timeout, so it is not known.
__aufswatch_has() {
  local directory=$1/${2%/*} name=${2##*/} pattern=$3
  (
    set +o pipefail
    cd -P -- "${directory}" && [[ ${PWD} == "${directory}" && -f ${name} && ! -L ${name} ]] &&
      timeout -k 1 2 dd "if=./${name}" iflag=nofollow,nonblock bs=64K count=32 status=none |
      LC_ALL=C grep -aE -m 1 -- "${pattern}" >/dev/null
    case ${PIPESTATUS[*]} in
      124* | 137*) exit 2 ;;
      *0) exit 0 ;;
      *) exit 1 ;;
    esac
  ) 2>/dev/null
}

# Prints how many of four marks of the AUFS patches a kernel tree has, and the mtimes of patched files. Files that the
# patches create (mm/prfile.c) are not used: a merge of the sources restores its own files, but leaves those in place.
# Prints nothing if the tree is too slow.
__aufswatch_marks() {
  local tree=$1 marks=0 times mark
  for mark in 'fs/splice.c EXPORT_SYMBOL.*\(do_splice_from\)' 'include/linux/mm_types.h vm_prfile' \
    'include/linux/mm.h vma_do_fput' 'fs/namespace.c is_current_mnt_ns'; do
    if __aufswatch_has "${tree}" "${mark%% *}" "${mark#* }"; then
      marks=$((marks + 1))
    elif (($? == 2)); then
      return 0
    fi
  done
  times=$(LC_ALL=C timeout -k 1 2 stat -c '%Y:%s' -- "${tree}"/{mm/mmap.c,fs/splice.c,include/linux/mm.h} 2>/dev/null) || :
  printf '%s %s' "${marks}" "${times//[[:space:]]/,}"
}

# Prints the real directory of the given kernel tree, by default of the selected one.
__aufswatch_tree() {
  (cd -P -- "${1:-${KERNEL_DIR:-${ROOT%/}/usr/src/linux}}" 2>/dev/null && printf '%s' "${PWD}") || :
}

# Checks the selected tree, and in preinst the trees that the package is about to install files into.
__aufswatch_check_trees() {
  local name tree image=${ED:-${D-}} seen=$'\t'
  __aufswatch_trees=()
  while IFS= read -r name; do
    # The image is the portage user's: its names are no more than names.
    [[ -z ${name} || ${name##*/} =~ ^linux-[A-Za-z0-9._+-]+$ ]] || continue
    tree=$(__aufswatch_tree "${name:+${EROOT:-${ROOT%/}}/usr/src/${name##*/}}")
    [[ -n ${tree} && ${tree} != *[[:cntrl:]]* && ${seen} != *$'\t'"${tree}"$'\t'* ]] || continue
    seen+=${tree}$'\t'
    __aufswatch_trees+=("$(__aufswatch_marks "${tree}")"$'\t'"${tree}")
    ((${#__aufswatch_trees[@]} < 10)) || break
  done < <(
    echo
    [[ ${EBUILD_PHASE} != preinst || -z ${image} ]] || compgen -G "${image%/}/usr/src/linux-*"
  )
}

# What became of the marks: patched, unpatched, changed or none.
__aufswatch_change() {
  local before=$1 after=$2
  if [[ -z ${before} || -z ${after} || ${before} == "${after}" ]]; then
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

# Stores the state between the phases of a merge, beside the inbox: that directory is writable by root only, ${T} is not.
# The first line is the step that was reached, the others are the checked trees. A subshell, for the sandbox and umask.
__aufswatch_note() {
  local notes=${AUFSWATCH_STATE:-/var/lib/aufswatch}/merges name=${CATEGORY-}+${PF-}
  [[ ${ROOT:-/} == / ]] || name+=@${ROOT//\//+}
  [[ ${name} != */* && -d ${notes%/*} && -O ${notes%/*} ]] || return 0
  (
    umask 077
    ! declare -F addwrite >/dev/null || addwrite "${notes%/*}"
    [[ -d ${notes} ]] || mkdir -- "${notes}"
    cd -P -- "${notes}" && [[ ! -L ${notes} && -O . ]] || exit 0
    name=${name:0:200}
    case $1 in
      read) [[ ! -f ${name} || -L ${name} || ! -O ${name} ]] || head -c 20000 -- "./${name}" ;;
      remove) rm -f -- "./${name}" ;;
      *)
        # Files of merges that were never finished.
        find . -maxdepth 1 -type f -mtime +30 -delete
        rm -f -- "./${name}"
        printf '%s\n' "$1" "${__aufswatch_trees[@]}" >|"./${name}"
        ;;
    esac
  ) 2>/dev/null || :
}

# Reads the stored state: __aufswatch_trees, and the step in __aufswatch_step.
__aufswatch_recall() {
  local line
  __aufswatch_trees=()
  __aufswatch_step=
  while IFS= read -r line; do
    if [[ -z ${__aufswatch_step} ]]; then __aufswatch_step=${line}; else __aufswatch_trees+=("${line}"); fi
  done < <(__aufswatch_note read)
}

# Appends a field to `line` of the caller, without a fork. Its value cannot end the field or the line.
__aufswatch_field() {
  local value=${2:0:1500}
  value=${value//%/%25}
  value=${value//$'\t'/%09}
  value=${value//$'\n'/%0A}
  value=${value//$'\r'/%0D}
  line+=$'\t'$1=${value}
}

# Appends COUNTER and BUILD_TIME of the installed package to `line` of the caller: they distinguish this merge from all others.
__aufswatch_identity() {
  local entry=${EROOT:-${ROOT%/}} key value
  entry=${entry%/}/var/db/pkg/${CATEGORY}/${PF}
  for key in COUNTER BUILD_TIME; do
    value=
    if [[ -f ${entry}/${key} ]]; then
      IFS= read -r -n 20 value <"${entry}/${key}" || :
    elif [[ -f ${entry}/metadata ]]; then
      value=$(sed -n "s/^${key}=//p" -- "${entry}/metadata") || :
    fi
    # No =~: outside of a subshell it would leave BASH_REMATCH behind.
    [[ -z ${value} || ${value} == *[!0-9]* ]] || __aufswatch_field "${key,,}" "${value}"
  done 2>/dev/null
}

# Appends one line for the daemon: one write of less than 4 KB, so that lines of parallel merges do not mix. Its last
# field is the length of everything before it, which shows whether a full disk cut the line off.
__aufswatch_record() {
  local inbox=${AUFSWATCH_STATE:-/var/lib/aufswatch}/inbox line now
  # A FIFO in its place would block emerge, and a symlink would redirect the write.
  [[ -d ${inbox%/*} && ! -L ${inbox} ]] || return 0
  [[ -f ${inbox} || ! -e ${inbox} ]] || return 0
  printf -v now '%(%s)T' -1
  line="aufswatch2"$'\t'"at=${now}"$'\t'"kind=portage"$'\t'"phase=${EBUILD_PHASE:-setup}"
  __aufswatch_field category "${CATEGORY-}"
  __aufswatch_field pf "${PF-}"
  __aufswatch_field root "${ROOT:-/}"
  __aufswatch_field change "$1"
  case ${EBUILD_PHASE-} in
    postinst)
      __aufswatch_identity
      __aufswatch_field replacing "${REPLACING_VERSIONS-}"
      ;;
    # The version that replaces this one: then it is not removed, but merged again, upgraded or downgraded.
    prerm | postrm) __aufswatch_field by "${REPLACED_BY_VERSION-}" ;;
  esac
  (
    umask 077
    ! declare -F addwrite >/dev/null || addwrite "${inbox}"
    LC_ALL=C
    ((${#line} < 3900)) || exit 0
    printf '%s\tend=%s\n' "${line}" "${#line}" >>"${inbox}"
  ) 2>/dev/null || :
}

# Uses ewarn, so that the messages also reach elog's summary, mail and log, as the user configured it.
__aufswatch_warn() {
  local line
  for line; do ewarn "${line}" || :; done
}

# Prints what setup did to a tree, according to the marks. A kernel with AUFS built in needs fewer than four.
__aufswatch_warn_marks() {
  local who=$1 tree=$2 before=${3%% *} after=${4%% *}
  if ((after == 4)); then
    __aufswatch_warn "${who} has patched the kernel sources in ${tree}."
  else
    __aufswatch_warn "${who} has changed the AUFS patches in ${tree}: it now has ${after} of their 4 marks (${before} before)." \
      "The patches may be incomplete. To check them: aufswatch status"
  fi
}

# After setup, however it ended: `died`, or `cut off` if its end was never reported.
__aufswatch_after_setup() {
  local end=${1-} entry tree before after change=none who="${CATEGORY}/${PF}"
  for entry in "${__aufswatch_trees[@]}"; do
    before=${entry%%$'\t'*} tree=${entry#*$'\t'}
    after=$(__aufswatch_marks "${tree}")
    change=$(__aufswatch_change "${before}" "${after}")
    case ${change}/${end} in
      none/*) ;;
      unpatched/)
        __aufswatch_warn "A kernel that is compiled from ${tree} now is without AUFS." \
          "${who} has removed the AUFS patches from it."
        ;;
      */)
        __aufswatch_warn "The next boot may be without AUFS until a kernel is compiled and installed."
        __aufswatch_warn_marks "${who}" "${tree}" "${before}" "${after}"
        ;;
      */died)
        __aufswatch_warn "The kernel sources in ${tree} may be only partly patched." \
          "${who} failed while it patched them."
        ;;
      *)
        __aufswatch_warn "The kernel sources in ${tree} may be only partly patched." \
          "An earlier merge of ${who} was interrupted while it patched them."
        ;;
    esac
    [[ ${change} == none ]] || __aufswatch_warn "What to do: aufswatch plan"
    break
  done
  [[ ${end} == 'cut off' && ${change} == none ]] || __aufswatch_record "${change}"
}

__aufswatch_before_setup() {
  __aufswatch_recall
  [[ ${__aufswatch_step} != began ]] || __aufswatch_after_setup 'cut off'
  __aufswatch_check_trees
  __aufswatch_note began
}

# Hours may pass between setup and this, and another merge may patch a tree meanwhile: the latest state counts.
__aufswatch_remember() {
  __aufswatch_check_trees
  __aufswatch_note ended
}

__aufswatch_after_postinst() {
  local entry tree before after change result=none selected had='' was=''
  __aufswatch_recall
  selected=$(__aufswatch_tree)
  for entry in "${__aufswatch_trees[@]}"; do
    before=${entry%%$'\t'*} tree=${entry#*$'\t'}
    # The first entry is the tree that was selected before.
    if [[ -z ${was} ]]; then was=${tree} had=${before}; fi
    after=$(__aufswatch_marks "${tree}")
    change=$(__aufswatch_change "${before}" "${after}")
    [[ ${result} == unpatched || ${change} == none ]] || result=${change}
    [[ ${change} == unpatched ]] || continue
    __aufswatch_warn "A kernel that is compiled from ${tree} now is without AUFS." \
      "${CATEGORY}/${PF} has restored the original files, without the AUFS patches." \
      "What to do: aufswatch plan"
    [[ ${tree} != "${was}" ]] || had=
  done
  __aufswatch_record "${result}"
  if [[ -n ${had} && ${selected} != "${was}" ]] && ((${had%% *} > 0)); then
    after=$(__aufswatch_marks "${selected}")
    [[ -z ${after} ]] || ((${after%% *} > 0)) ||
      __aufswatch_warn "A kernel that is compiled from /usr/src/linux now is without AUFS." \
        "The link now points to ${selected:-nothing}, without the AUFS patches. Before, it pointed to ${was}, which has them." \
        "What to do: aufswatch plan"
  fi
  __aufswatch_note remove
}

# The phase died: the sources may still be patched, or partly patched. In the process of a helper the phase is not known;
# then only the stored step shows that it was setup.
__aufswatch_after_death() {
  if [[ -z ${EBUILD_PHASE-} ]]; then
    __aufswatch_recall
    [[ ${__aufswatch_step} == began ]] || return 0
  fi
  [[ ${EBUILD_PHASE:-setup} == setup ]] || return 0
  __aufswatch_after_setup died
  __aufswatch_remember
}

__aufswatch_died() {
  __aufswatch_do died || :
}

# Defines our hook under this name. A hook of the user with the same name is kept, and ours calls it.
__aufswatch_take() {
  local name=$1 text
  if declare -F "${name}" >/dev/null; then
    text=$(declare -f "${name}")
    [[ ${text} != *__aufswatch_run* ]] || return 0
    eval "__aufswatch_user_${text}"
  fi
  eval "${name}() { __aufswatch_run ${name} \"\$@\"; }"
}

__aufswatch_take_all() {
  # Only once, even if a loop over bashrc.d reads this file too.
  case ${EBUILD_PHASE-}/${EBUILD_DEATH_HOOKS-} in
    */*__aufswatch_died*) ;;
    setup/* | /*) EBUILD_DEATH_HOOKS="${EBUILD_DEATH_HOOKS-} __aufswatch_died" ;;
  esac
  [[ -n ${EBUILD_PHASE-} ]] || return 0
  __aufswatch_take "pre_pkg_${EBUILD_PHASE}"
  __aufswatch_take "post_pkg_${EBUILD_PHASE}"
}

__aufswatch_run() {
  local name=$1 status=0
  # The user's hook calls the one that was defined before it, which is ours: do not recurse.
  [[ -z ${__aufswatch_running-} ]] || return 0
  local __aufswatch_running=1
  shift
  if declare -F "__aufswatch_user_${name}" >/dev/null; then
    "__aufswatch_user_${name}" "$@"
    status=$?
  fi
  __aufswatch_do "${name}" || :
  [[ ${name} == pre_* ]] || __aufswatch_leave
  return "${status}"
}

__aufswatch_do() {
  # Shell options of the user do not apply here.
  local - IFS=$' \t\n'
  set +eEu +o noclobber
  case $1 in
    pre_pkg_setup) __aufswatch_before_setup ;;
    post_pkg_setup)
      __aufswatch_after_setup
      __aufswatch_remember
      ;;
    post_pkg_preinst) __aufswatch_remember ;;
    post_pkg_postinst) __aufswatch_after_postinst ;;
    post_*) __aufswatch_record none ;;
    died) __aufswatch_after_death ;;
  esac
  # A hook that was defined after all of bashrc has replaced ours.
  [[ $1 != pre_* ]] || __aufswatch_take "post_${1#pre_}"
}

# Restores the user's hooks under their names and removes ours: Portage saves the environment of the package next.
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
  unset __aufswatch_trees __aufswatch_step
  unset -f __aufswatch_{has,marks,tree,check_trees,change,note,recall,field,identity,record,warn,warn_marks}
  unset -f __aufswatch_{before_setup,remember,died,take,take_all,run,do,leave,ended}
  unset -f __aufswatch_after_{setup,postinst,death}
}

# True if the last of the files that Portage sources has ended. Called at the end of each. Until then, a hook that the user
# defined meanwhile has replaced ours, and ours is put back.
__aufswatch_ended() {
  local caller
  __aufswatch_take_all
  [[ ${FUNCNAME[1]-} != __source_all_bashrcs ]] || return 0
  for caller in "${FUNCNAME[@]:2}"; do
    [[ ${caller} != source && ${caller} != __source_all_bashrcs ]] || return 1
  done
  [[ ${FUNCNAME[1]-} == source ]]
}

__aufswatch_trees=()
__aufswatch_step=
__aufswatch_take_all || :
# Unless the user has a trap on RETURN.
[[ -n $(trap -p RETURN) ]] || trap 'if ! declare -F __aufswatch_ended >/dev/null || __aufswatch_ended; then trap - RETURN; fi' RETURN
return 0
