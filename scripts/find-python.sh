#!/bin/sh
# Prints the newest released Python >= 3.11 on PATH that really runs and can make a virtual environment.
# Candidates are run, because a version manager's shim exists for versions that are not installed.

usable='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11) or sys.version_info.releaselevel != "final")'

try() {
    [ -x "$1" ] && "$1" -c "$usable" >/dev/null 2>&1 </dev/null && printf '%s\n' "$1" && exit 0
}

for name in python3.19 python3.18 python3.17 python3.16 python3.15 python3.14 python3.13 python3.12 python3.11 python3 python; do
    rest=$PATH:
    while [ -n "$rest" ]; do
        try "${rest%%:*}/$name"
        rest=${rest#*:}
    done
done

echo "No Python 3.11 or newer with venv was found. Install one (Debian, Ubuntu: apt install python3 python3-venv)," >&2
echo "or name it: make PYTHON=/path/to/python3 ..." >&2
exit 1
