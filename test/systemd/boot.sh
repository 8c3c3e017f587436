#!/bin/sh
# Starts systemd as process 1 on a temporary copy of this system: `unshare -m -u -i sh boot.sh WORK CLONE`.
# WORK/files is copied into it, and CLONE has the same path in it, even below /tmp. Only a cgroup of it is visible outside, which
# the caller removes.
set -eu
work=$1
clone=$2
mount --make-rprivate /
mkdir -p "$work/cgroup" "$work/disk"
mount -t cgroup2 none "$work/cgroup"
mkdir "$work/cgroup/$(basename "$work")"
echo $$ >"$work/cgroup/$(basename "$work")/cgroup.procs"
umount "$work/cgroup"
mount -t tmpfs none "$work/disk"
cd "$work/disk"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=/,upperdir=upper,workdir=work" root
cd root
rm -rf etc/systemd/system
cp -r "$work/files/." .
mount -t tmpfs none run
mount -t tmpfs none tmp
mount -t tmpfs none dev
mkdir -p "./$clone"
mount --bind "$clone" "./$clone"
for name in null zero full random urandom; do
  : >"dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
: >dev/console
# These namespaces need a new process, which becomes number 1.
exec unshare -C -p -f --kill-child sh -c '
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  exec env -i container=test PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin \
    chroot . /lib/systemd/systemd --unit=multi-user.target --log-target=journal
'
