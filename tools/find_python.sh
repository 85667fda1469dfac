#!/bin/sh
# Print a Python that can run the course: 3.11 or newer, able to make virtual environments.
# The first argument is tried first. Otherwise one line says what is missing.
wanted=${1:-python3}
newest=""
no_venv=""
for candidate in "$wanted" python3 python3.13 python3.12 python3.11 python3.14; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        newest="$candidate is $version"
    elif ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        no_venv="$candidate"
    else
        echo "$candidate"
        exit 0
    fi
done
if [ -n "$no_venv" ]; then
    echo "$no_venv has no venv module: install it (on Debian and Ubuntu: apt-get install python3-venv)" >&2
else
    echo "Python 3.11 or newer is needed (${newest:-no python3 found}): install it, or name it: make lab PYTHON=/path/to/python3.12" >&2
fi
exit 1
