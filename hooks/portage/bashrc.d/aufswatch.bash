# aufswatch: tells the daemon, and you, when a merge changes kernel sources or modules. aufswatch-hooks(7).
# Sourced from /etc/portage/bashrc in every phase of every package. For those that do not matter it ends in the
# next lines, without a fork and without opening a file. It must never break or delay an emerge.
# shellcheck shell=bash

case ${EBUILD_PHASE-} in
  setup | preinst | postinst | prerm | postrm) ;;
  # A phase has failed, however it ended: Portage runs the death hooks in a process that belongs to no phase.
  '') [[ ${MISC_FUNCTIONS_ARGS-} == *die_hooks* ]] || return 0 ;;
  *) return 0 ;;
esac
case ${CATEGORY-}/${PN-} in
  # It inherits kernel-2 as well, and is no kernel.
  */linux-headers) return 0 ;;
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

# From here on only for packages that matter. Whatever fails, fails silently: what can fail stands in a condition, or
# the user's own trap on ERR would fire.

# Does a file of a kernel tree have this in its first 2 MB? The tree can be an ordinary user's: no link is followed out
# of it, and what would block (a FIFO, /proc/kmsg) is not waited for. Status 2: it took too long, so it is not known.
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

# How many of four marks of the AUFS patches a kernel tree has, and the times of files that have them. Files that the
# patches make (mm/prfile.c) are no mark: a merge of the sources brings back what it owns and leaves those behind.
# Nothing, where the tree is too slow to tell.
__aufswatch_look() {
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

# The real directory of the kernel tree that is selected, or of the one that is given.
__aufswatch_tree() {
  (cd -P -- "${1:-${KERNEL_DIR:-${ROOT%/}/usr/src/linux}}" 2>/dev/null && printf '%s' "${PWD}") || :
}

# Looks at the selected tree, and in preinst at those that the package is about to put its files into.
__aufswatch_look_around() {
  local name tree image=${ED:-${D-}} seen=$'\t'
  __aufswatch_looks=()
  while IFS= read -r name; do
    # The image is the portage user's: its names are no more than names.
    [[ -z ${name} || ${name##*/} =~ ^linux-[A-Za-z0-9._+-]+$ ]] || continue
    tree=$(__aufswatch_tree "${name:+${EROOT:-${ROOT%/}}/usr/src/${name##*/}}")
    [[ -n ${tree} && ${tree} != *[[:cntrl:]]* && ${seen} != *$'\t'"${tree}"$'\t'* ]] || continue
    seen+=${tree}$'\t'
    __aufswatch_looks+=("$(__aufswatch_look "${tree}")"$'\t'"${tree}")
    ((${#__aufswatch_looks[@]} < 10)) || break
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

# Between the phases of a merge this is remembered beside the inbox: that directory is root's alone, which ${T} is not.
# The first line is the step that was reached, the others are looks. In a subshell, with the right to write there.
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
        # Those of merges that came to nothing.
        find . -maxdepth 1 -type f -mtime +30 -delete
        rm -f -- "./${name}"
        printf '%s\n' "$1" "${__aufswatch_looks[@]}" >|"./${name}"
        ;;
    esac
  ) 2>/dev/null || :
}

# Fills in what was remembered, and says at which step it was.
__aufswatch_recall() {
  local line
  __aufswatch_looks=()
  __aufswatch_step=
  while IFS= read -r line; do
    if [[ -z ${__aufswatch_step} ]]; then __aufswatch_step=${line}; else __aufswatch_looks+=("${line}"); fi
  done < <(__aufswatch_note read)
}

# A value that can end neither its field nor the line.
__aufswatch_value() {
  local value=${1:0:1500}
  value=${value//%/%25}
  value=${value//$'\t'/%09}
  value=${value//$'\n'/%0A}
  value=${value//$'\r'/%0D}
  printf '%s' "${value}"
}

# COUNTER and BUILD_TIME of the package as it is installed now: they tell this merge from all others.
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
    [[ ! ${value} =~ ^[0-9]+$ ]] || printf '\t%s=%s' "${key,,}" "${value}"
  done 2>/dev/null
}

# Leaves one line for the daemon: one write of less than 4 KB, so that lines of parallel merges do not mix. Its last
# field is the length of all before it: a line that a full disk cut off is known by that.
__aufswatch_record() {
  local inbox=${AUFSWATCH_STATE:-/var/lib/aufswatch}/inbox line now
  # A FIFO in its place would make emerge wait, and a symlink write elsewhere.
  [[ -d ${inbox%/*} && ! -L ${inbox} ]] || return 0
  [[ -f ${inbox} || ! -e ${inbox} ]] || return 0
  printf -v now '%(%s)T' -1
  line="aufswatch2"$'\t'"at=${now}"$'\t'"kind=portage"$'\t'"phase=${EBUILD_PHASE:-setup}"
  line+=$'\t'"category=$(__aufswatch_value "${CATEGORY-}")"$'\t'"pf=$(__aufswatch_value "${PF-}")"
  line+=$'\t'"slot=$(__aufswatch_value "${SLOT-}")"$'\t'"use=$(__aufswatch_value "${USE-}")"
  line+=$'\t'"merge=${MERGE_TYPE-}"$'\t'"root=$(__aufswatch_value "${ROOT:-/}")"$'\t'"change=$1"
  case ${EBUILD_PHASE-} in
    postinst) line+=$(__aufswatch_identity)$'\t'"replacing=$(__aufswatch_value "${REPLACING_VERSIONS-}")" ;;
    # The version that takes the place of this one: it is not removed, but merged again, upgraded or downgraded.
    prerm | postrm) line+=$'\t'"by=$(__aufswatch_value "${REPLACED_BY_VERSION-}")" ;;
  esac
  (
    umask 077
    ! declare -F addwrite >/dev/null || addwrite "${inbox}"
    LC_ALL=C
    ((${#line} < 3900)) || exit 0
    printf '%s\tend=%s\n' "${line}" "${#line}" >>"${inbox}"
  ) 2>/dev/null || :
}

# Messages go through Portage's own, so that the summary, mail and save have them as the user wants.
__aufswatch_say() {
  local line
  for line; do ewarn "${line}" || :; done
}

# What setup has done to a tree, as far as the marks tell. A kernel with AUFS built in needs fewer than four.
__aufswatch_say_marks() {
  local who=$1 tree=$2 before=${3%% *} after=${4%% *}
  if ((after == 4)); then
    __aufswatch_say "${who} has patched the kernel sources in ${tree}."
  else
    __aufswatch_say "${who} has changed the AUFS patches in ${tree}: it has ${after} of 4 marks of them, and had ${before}." \
      "It may carry only some of them: aufswatch status"
  fi
}

# Once setup is over, however it ended: `died`, or `cut off` where nobody heard of the end.
__aufswatch_after_setup() {
  local end=${1-} entry tree before after change=none who="${CATEGORY}/${PF}"
  for entry in "${__aufswatch_looks[@]}"; do
    before=${entry%%$'\t'*} tree=${entry#*$'\t'}
    after=$(__aufswatch_look "${tree}")
    change=$(__aufswatch_change "${before}" "${after}")
    case ${change}/${end} in
      none/*) ;;
      unpatched/) __aufswatch_say "${who} has taken the AUFS patches out of ${tree}." "What to do: aufswatch plan" ;;
      */)
        __aufswatch_say_marks "${who}" "${tree}" "${before}" "${after}"
        __aufswatch_say "Until a kernel is made of it and installed, the next boot may come up without AUFS." \
          "All that is due, in order: aufswatch plan"
        ;;
      */died)
        __aufswatch_say "${who} has failed while it patched the kernel sources in ${tree}." \
          "They may be patched in part. What to do: aufswatch plan"
        ;;
      *)
        __aufswatch_say "An earlier merge of ${who} was cut off while it patched the kernel sources in ${tree}." \
          "They may be patched in part. What to do: aufswatch plan"
        ;;
    esac
    break
  done
  [[ ${end} == 'cut off' && ${change} == none ]] || __aufswatch_record "${change}"
}

__aufswatch_before_setup() {
  __aufswatch_recall
  [[ ${__aufswatch_step} != began ]] || __aufswatch_after_setup 'cut off'
  __aufswatch_look_around
  __aufswatch_note began
}

# Between setup and this, hours may lie in which another merge has patched a tree: the last moment counts.
__aufswatch_remember() {
  __aufswatch_look_around
  __aufswatch_note ended
}

__aufswatch_after_postinst() {
  local entry tree before after change result=none selected had='' was=''
  __aufswatch_recall
  selected=$(__aufswatch_tree)
  for entry in "${__aufswatch_looks[@]}"; do
    before=${entry%%$'\t'*} tree=${entry#*$'\t'}
    # The first one was selected before.
    if [[ -z ${was} ]]; then was=${tree} had=${before}; fi
    after=$(__aufswatch_look "${tree}")
    change=$(__aufswatch_change "${before}" "${after}")
    [[ ${result} == unpatched || ${change} == none ]] || result=${change}
    [[ ${change} == unpatched ]] || continue
    __aufswatch_say "The AUFS patches are gone from ${tree}: ${CATEGORY}/${PF} brought the original files back." \
      "A kernel compiled from them now is without AUFS. What to do: aufswatch plan"
    [[ ${tree} != "${was}" ]] || had=
  done
  __aufswatch_record "${result}"
  if [[ -n ${had} && ${selected} != "${was}" ]] && ((${had%% *} > 0)); then
    after=$(__aufswatch_look "${selected}")
    [[ -z ${after} ]] || ((${after%% *} > 0)) ||
      __aufswatch_say "/usr/src/linux now leads to ${selected:-nothing}, which is without the AUFS patches." \
        "Before, it led to ${was}, which has them. What to do: aufswatch plan"
  fi
  __aufswatch_note remove
}

# The phase died: the sources may be patched, or half patched, all the same. Which phase it was is not known where
# the process was a helper's, and then only what was remembered tells that it was setup.
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

# Keeps a hook of the user's that has the name of ours, and puts ours in its place, which calls it.
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
  # Once, even where a loop over bashrc.d reads this file as well.
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
  # One of the user's that calls what was there before it.
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
  # Whatever the user has set: only what stands here counts.
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
  # One that was defined after all of bashrc took the place of ours.
  [[ $1 != pre_* ]] || __aufswatch_take "post_${1#pre_}"
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
  unset __aufswatch_looks __aufswatch_step
  unset -f __aufswatch_{has,look,tree,look_around,change,note,recall,value,identity,record,say,say_marks}
  unset -f __aufswatch_{before_setup,remember,died,take,take_all,run,do,leave,ended}
  unset -f __aufswatch_after_{setup,postinst,death}
}

# Has the last of the files that Portage reads come to its end? Called when any of them has. Until then, a hook of
# the user's that was defined meanwhile has taken the place of ours, and gives it back.
__aufswatch_ended() {
  local caller
  __aufswatch_take_all
  [[ ${FUNCNAME[1]-} != __source_all_bashrcs ]] || return 0
  for caller in "${FUNCNAME[@]:2}"; do
    [[ ${caller} != source && ${caller} != __source_all_bashrcs ]] || return 1
  done
  [[ ${FUNCNAME[1]-} == source ]]
}

__aufswatch_looks=()
__aufswatch_step=
__aufswatch_take_all || :
# Unless the user has a use for it.
[[ -n $(trap -p RETURN) ]] || trap 'if ! declare -F __aufswatch_ended >/dev/null || __aufswatch_ended; then trap - RETURN; fi' RETURN
return 0
