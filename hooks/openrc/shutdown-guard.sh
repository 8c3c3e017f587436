#!/bin/sh
# aufswatch: runs instead of shutdown, reboot, poweroff and halt on machines without systemd. aufswatch(1).
# It is installed under their names in /usr/local/sbin, which root's PATH has before /sbin. It refuses only if AUFS or a
# wanted module would certainly be lost. If anything goes wrong here, the real command runs.

name=${0##*/}
own=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# The real command: the next one of that name on the PATH.
real=
set -f
IFS=:
for directory in $PATH:/sbin:/usr/sbin:/bin:/usr/bin; do
  if [ ! -f "$directory/$name" ] || [ ! -x "$directory/$name" ]; then continue; fi
  [ "$(CDPATH='' cd -- "$directory" && pwd -P)" != "$own" ] || continue
  real=$directory/$name
  break
done
unset IFS
set +f
if [ -z "$real" ]; then
  echo "$name: this is the guard of aufswatch, and there is no real $name in PATH; try /sbin/openrc-shutdown" >&2
  exit 127
fi

# Cancelling a shutdown, trying one, and help are always allowed.
for word; do
  case $word in
    -c | --cancel | -k | -w | --write-only | --help | --version) exec "$real" "$@" ;;
  esac
done

answer=$(timeout -k 1 30 aufswatch check --before-reboot 2>/dev/null)
if [ $? -eq 2 ]; then
  echo "$name: $answer" >&2
  echo "What to do: aufswatch plan. To go ahead anyway: aufswatch reboot-ok, then $name again." >&2
  exit 1
fi
exec "$real" "$@"
