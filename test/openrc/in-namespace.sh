#!/bin/sh
# Runs a command under a separate OpenRC: `unshare -m -p -f --mount-proc sh in-namespace.sh WORK COMMAND…`.
# The etc and bin in WORK are mounted over those of the system. Nothing of it is visible outside.
set -eu
work=$1
shift
mount -t tmpfs none /run
for name in started starting stopping inactive wasinactive failed hotplugged daemons options exclusive scheduled tmp; do
  mkdir -p "/run/openrc/$name"
done
touch /run/openrc/softlevel
mount -t tmpfs -o mode=755 none /var/log
# checkpath creates the state directory here.
mount -t tmpfs none /var/lib
mount -t overlay overlay -o "lowerdir=$work/etc:/etc" /etc
mount --bind "$work/etc/init.d" /etc/init.d
mount -t overlay overlay -o "lowerdir=$work/bin:/usr/bin" /usr/bin
exec "$@"
