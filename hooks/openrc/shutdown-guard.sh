#!/bin/sh
# aufswatch: stands before shutdown, reboot, poweroff and halt where no systemd can hold them up. aufswatch(1).
# Lies under their names in /usr/local/sbin, which root's PATH has before /sbin. It refuses only what would lose
# AUFS or a wanted module for certain, and whatever goes wrong here, the machine goes down as it is told.

name=${0##*/}
own=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# The command that this one stands before: the next of that name.
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
  echo "$name: aufswatch stands before it, but there is no $name in PATH; try /sbin/openrc-shutdown" >&2
  exit 127
fi

# To take a shutdown back, to try one or to ask for help is always right.
for word; do
  case $word in
    -c | --cancel | -k | -w | --write-only | --help | --version) exec "$real" "$@" ;;
  esac
done

answer=$(timeout -k 1 30 aufswatch check --before-reboot 2>/dev/null)
if [ $? -eq 2 ]; then
  echo "$name: $answer" >&2
  echo "What to do: aufswatch plan. To do it all the same: aufswatch reboot-ok, then $name again." >&2
  exit 1
fi
exec "$real" "$@"
