# shellcheck shell=sh
# Prints at login what is wrong with kernel and modules, or nothing. For any POSIX shell.
case $- in
  *i*) [ -s /run/aufswatch/motd ] && [ -r /run/aufswatch/motd ] && cat /run/aufswatch/motd ;;
esac
:
