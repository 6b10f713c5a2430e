# Sourced by the four words: finds a Python for lib/setup.py, which does the rest.
here=$(cd "$(dirname "$0")" && pwd)
for python in python3 python3.14 python3.13 python3.12 python3.11 none; do
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
done
if [ "$python" = none ]; then
  echo "Python 3.11 or newer is needed, and there is none on PATH." >&2
  exit 1
fi
