#!/bin/sh
# guard.sh GRACE_SECONDS COMMAND… — runs the command and ends it when standard input reaches its end.
# The starter holds the other end of that pipe, so the command ends however the starter does: by its own
# decision, by a crash, or by kill -9. First TERM, after the grace period KILL.
grace=$1
shift
exec 9<&0
"$@" 9<&- </dev/null &
child=$!
{
  cat <&9 >/dev/null
  kill -TERM "$child" 2>/dev/null
  while [ "$grace" -gt 0 ] && kill -0 "$child" 2>/dev/null; do
    sleep 1
    grace=$((grace - 1))
  done
  kill -KILL "$child" 2>/dev/null
} &
watcher=$!
exec 9<&-
wait "$child"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
