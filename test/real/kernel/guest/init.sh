#!/bin/bash
# First process of a kernel under test. $AW_JOB is the script to run, $AW_OUT where its output goes.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
bash "$AW_JOB" >"$AW_OUT" 2>&1
"$AW_HALT"
